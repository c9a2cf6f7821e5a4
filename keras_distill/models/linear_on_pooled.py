"""A linear classifier on the pooled features of a frozen text model."""

import keras
from keras import layers, ops

from keras_distill.models.token_ids import check_size


def linear_on_pooled(backbone, num_classes=2, pooling="mean"):
    """Freezes a text model and puts one linear layer on its pooled features.

    The smallest thing to train: `num_classes · (width + 1)` numbers. A sentence encoder's
    features often need no more; where they do, `backbone.trainable = True` thaws them.

    Args:
        backbone: A KerasHub backbone (BERT, RoBERTa, DistilBERT, …), or a Functional model
            whose output is `(batch, length, width)`, alone or as `"sequence_output"`, and
            whose input is ids with 0 for padding, or a dict with a `"padding_mask"`. It is
            not copied: it is frozen where it is. Its dropout, if any, still acts in training.
        num_classes: Number of logits. Defaults to 2.
        pooling: `"mean"` (default) of the real tokens, as sentence encoders do it; `"first"`
            takes the first token, BERT's `[CLS]`.

    Returns:
        A `keras.Model` with the backbone's inputs, from what the backbone's preprocessor
        gives to logits `(batch, num_classes)`.

    Raises:
        ValueError: Another pooling, or a backbone without a sequence or a padding mask.

    Example:

    ```python
    ids = keras.Input((6,), dtype="int32")
    encoder = keras.Model(ids, keras.layers.Embedding(100, 8)(ids))
    model = kd.models.linear_on_pooled(encoder, num_classes=3)
    assert model(np.array([[5, 7, 0, 0, 0, 0]])).shape == (1, 3)
    ```
    """
    check_size("num_classes", num_classes, 1)
    if pooling not in ("mean", "first"):
        raise ValueError(f'`pooling` must be "mean" or "first". Received: pooling={pooling!r}.')
    inputs = getattr(backbone, "input", None)
    real = _real(inputs)
    if real is None:
        raise ValueError(
            "`linear_on_pooled` needs to know which tokens are padding: a backbone whose input is "
            'whole numbers with 0 for padding, or a dict with a "padding_mask". Received: '
            f"{getattr(backbone, 'name', type(backbone).__name__)!r}."
        )
    outputs = backbone(inputs)
    sequence = outputs.get("sequence_output") if isinstance(outputs, dict) else outputs
    if len(getattr(sequence, "shape", ())) != 3:
        raise ValueError(
            "`linear_on_pooled` pools a sequence: a backbone whose output is (batch, length, "
            'width), alone or as "sequence_output" of a dict. Received: '
            f"{backbone.name!r} with {_described(outputs)}."
        )
    backbone.trainable = False
    if pooling == "first":
        pooled = sequence[:, 0]
    else:
        real = ops.expand_dims(ops.cast(real, sequence.dtype), -1)
        total = ops.sum(layers.Multiply(name="real_features")([sequence, real]), axis=1)
        pooled = layers.Multiply(name="mean")(
            [total, 1.0 / ops.maximum(ops.sum(real, axis=1), 1.0)]
        )
    logits = layers.Dense(num_classes, name="logits")(pooled)
    return keras.Model(inputs, logits, name="linear_on_pooled")


def _real(inputs):
    """Which tokens are no padding, or None where that cannot be told."""
    if isinstance(inputs, dict):
        return inputs.get("padding_mask")
    if hasattr(inputs, "dtype") and len(inputs.shape) == 2 and "int" in str(inputs.dtype):
        return ops.not_equal(inputs, 0)
    return None


def _described(outputs):
    if isinstance(outputs, dict):
        return "the outputs " + ", ".join(repr(key) for key in outputs)
    return f"an output of shape {getattr(outputs, 'shape', None)}"

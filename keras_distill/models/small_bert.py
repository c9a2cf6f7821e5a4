"""A BERT of few and narrow layers, from scratch, fed with token ids alone."""

import keras
from keras import layers, ops

from keras_distill.models.nlp_module import nlp_module
from keras_distill.models.token_ids import check_dropout, check_size


def small_bert(
    vocabulary_size,
    sequence_length,
    num_classes=2,
    depth=2,
    width=128,
    dropout=0.1,
):
    """BERT in the sizes of Turc et al., untrained, ending in logits.

    KerasHub's `BertBackbone` with one head for each 64 numbers and four times the width
    inside, behind an input of token ids: padding mask and segments are made of these, so
    that it is fed like the other small text models. For a student that starts from its
    teacher's layers see `kd.models.fewer_layers`.

    Args:
        vocabulary_size: How many ids there are, padding included.
        sequence_length: How many ids make one example; shorter texts are padded with 0
            behind, which changes nothing. The first should be a token of its own, such as
            BERT's `[CLS]`, since the logits are read off there.
        num_classes: Number of logits. Defaults to 2.
        depth: Number of transformer layers. Defaults to 2, the paper's BERT-Tiny.
        width: Numbers for each token, a multiple of 64. Defaults to 128.
        dropout: Share of values dropped in training, in [0, 1). Defaults to 0.1, as in BERT.

    Returns:
        A `keras.Model`, untrained, from int32 ids `(batch, sequence_length)` to logits
        `(batch, num_classes)`; its layers are `"backbone/transformer_layer_0"` and so on.

    Raises:
        ValueError: A size is no whole number or too small, or `width` no multiple of 64.
        ImportError: KerasHub is not installed.

    Example:

    ```python
    try:
        model = kd.models.small_bert(1000, sequence_length=16, depth=1, width=64)
    except ImportError as error:
        print(error)  # pip install "keras-distill[nlp]"
    ```

    Reference:
        Turc et al., 2019, Well-Read Students Learn Better: On the Importance of Pre-training
        Compact Models, https://arxiv.org/abs/1908.08962
    """
    check_size("vocabulary_size", vocabulary_size, 2)
    check_size("sequence_length", sequence_length, 1)
    check_size("num_classes", num_classes, 1)
    check_size("depth", depth, 1)
    check_dropout(dropout)
    if width < 64 or width % 64:
        raise ValueError(
            f"`width` must be a multiple of 64, one head for each. Received: width={width!r}."
        )
    keras_hub = nlp_module("keras_hub", "small_bert")
    backbone = keras_hub.models.BertBackbone(
        vocabulary_size=vocabulary_size,
        num_layers=depth,
        num_heads=width // 64,
        hidden_dim=width,
        intermediate_dim=4 * width,
        dropout=dropout,
        max_sequence_length=sequence_length,
        name="backbone",
    )
    ids = keras.Input((sequence_length,), dtype="int32", name="ids")
    made = backbone(
        {
            "token_ids": ids,
            "padding_mask": ops.cast(ops.not_equal(ids, 0), "int32"),
            "segment_ids": ops.zeros_like(ids),
        }
    )
    x = layers.Dropout(dropout, name="dropout")(made["pooled_output"])
    return keras.Model(ids, layers.Dense(num_classes, name="logits")(x), name="small_bert")

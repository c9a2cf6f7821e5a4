import keras
import numpy as np

from keras_distill.compression.graph.composite_wrapper import CompositeWrapper
from keras_distill.compression.graph.prerequisites import check_model, prepared_layers
from keras_distill.compression.quantization.activation_quantizer import ActivationQuantizer
from keras_distill.compression.quantization.activation_range import calibration
from keras_distill.compression.quantization.quantized_input import QuantizedInput
from keras_distill.compression.quantization.quantized_layer import QuantizedLayer

_BATCH = 32


def calibrate(model, data, verbose=True):
    """Give the activations of a quantization-aware model the ranges that data shows.

    TF-MOT starts every range at [-6, 6] and moves it by a thousandth in a step: after five
    epochs of 80 steps two thirds of the start are left, and a ReLU of up to 3 has a third of
    the 256 levels that it could have. Called before training, this lets training start from
    ranges that fit; without any training it is what other tools call post-training
    quantization, and the model is ready for export.

    Nothing but ranges changes: no weight, no statistic of a BatchNormalization. A range becomes
    the mean, over all batches, of the smallest and the largest value, which is where TF-MOT's
    moving average tends to; that of an input spans all values. What a `QuantizeConfig` of your
    own put into the model follows its own rule, once a batch.

    Args:
        model: a model of `keras_distill.compression.quantize_model` or `quantize_apply`, with
            activations of 8 or 16 bits. It is changed in place.
        data: what the model is fed. Arrays `(examples, …)`, several inputs in a dict, alone or
            as `(x, y)`, which are cut into batches of 32; or an iterable of batches such as a
            `tf.data.Dataset` or `keras.utils.PyDataset`: inputs, or tuples that begin with them.
            A hundred batches are plenty: `train.take(100)`.
        verbose: whether a progress bar is shown. Defaults to `True`.

    Raises:
        ValueError: for a model with no range of an activation, or data with no batch in it or
            with values that are not finite.

    Example:

    ```python
    model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(4, activation="relu")])
    int8 = kd.compression.quantize_model(model)
    images = np.random.default_rng(0).random((320, 8), "float32")
    kd.compression.calibrate(int8, images, verbose=False)
    print(np.abs(int8.predict(images, verbose=0) - model.predict(images, verbose=0)).max() < 0.05)
    ```

    Reference:
        - [Jacob et al., 2018](https://arxiv.org/abs/1712.05877), section 3.1
    """
    import tensorflow as tf

    check_model("calibrate", model)
    counts = {id(low): tf.Variable(0.0, trainable=False) for low in _lower_ends(model)}
    if not counts:
        raise ValueError(
            "`calibrate` expects a model whose activations have ranges, as "
            "`keras_distill.compression.quantize_model` makes it with the recipes 'int8' and "
            f"'int16x8'. Received: {model.name!r}, with none."
        )

    @tf.function
    def observe(inputs):
        model(inputs, training=False)

    batches, number = _cut(data)
    progress = keras.utils.Progbar(number, unit_name="batch") if verbose else None
    done = 0
    with calibration(counts):
        for inputs in map(_inputs, batches):
            if not done:
                _forget_inputs(model)
            observe(inputs)
            done += 1
            if progress:
                progress.update(done)
    if not done:
        raise ValueError(
            "`data` holds no batch. Expected at least one: give some of the training data."
        )
    if progress:
        progress.update(done, finalize=True)


def _lower_ends(model):
    for _, layer in prepared_layers(model):
        for part in layer.parts if isinstance(layer, CompositeWrapper) else [layer]:
            if isinstance(part, ActivationQuantizer):
                yield part.range_min
            elif isinstance(part, QuantizedLayer):
                yield from (ends[0] for name, ends in part._ranges.items() if name != "kernel")


def _forget_inputs(model):
    for _, layer in prepared_layers(model):
        if isinstance(layer, QuantizedInput):
            layer.range_min.assign(0.0)
            layer.range_max.assign(0.0)


def _cut(data):
    """The batches in `data`, and how many they are, or None where that is not known."""
    if isinstance(data, tuple):
        data = data[0]
    if isinstance(data, dict) or hasattr(data, "shape"):
        number = -(-len(keras.tree.flatten(data)[0]) // _BATCH)
        return (_piece(data, index) for index in range(number)), number
    if isinstance(data, keras.utils.PyDataset):
        return map(data.__getitem__, range(data.num_batches)), data.num_batches
    known = int(data.cardinality()) if hasattr(data, "cardinality") else -1
    return data, known if known >= 0 else None


def _piece(data, index):
    piece = slice(index * _BATCH, (index + 1) * _BATCH)
    return keras.tree.map_structure(lambda array: array[piece], data)


def _inputs(batch):
    inputs = batch[0] if isinstance(batch, (tuple, list)) else batch
    for values in keras.tree.flatten(inputs):
        found = np.asarray(values)
        if found.dtype.kind == "f" and not np.isfinite(found).all():
            raise ValueError(
                "`data` holds values that are not finite. A range cannot hold NaN or infinity: "
                "remove those examples."
            )
    return inputs

"""The same model in tf_keras under TF-MOT, and the int8 files of both: the oracle.

TF-MOT's verbs take tf_keras models only. A model is built twice by one function (from
`keras.layers` and from `tf_keras.layers`), the weights are copied by the names of layers, TF-MOT
quantizes its twin, and the ranges that our model learned are copied into TF-MOT's variables.
"""

import contextlib

import keras
import numpy as np

from keras_distill import _tfmot
from keras_distill.compression import QuantizedInput, QuantizedLayer


def keras_twin(build):
    """`build(layers, make, start)` made of tf_keras's layers."""
    _ = _tfmot.Pruning
    import tf_keras

    return build(layers=tf_keras.layers, make=tf_keras.Model, start=tf_keras.Input)


def copy_weights(model, twin):
    for layer in model.layers:
        if layer.weights:
            twin.get_layer(layer.name).set_weights(layer.get_weights())


def quantized_twin(twin):
    """TF-MOT's own `quantize_model` of a tf_keras model."""
    _ = _tfmot.Pruning
    from tensorflow_model_optimization.python.core.quantization.keras import quantize

    return quantize.quantize_model(twin)


def randomize(model, seed=0):
    """Statistics and offsets as training leaves them: nothing is zero or one."""
    rng = np.random.default_rng(seed)
    for layer in model.layers:
        for weight in layer.weights:
            name = weight.path.split("/")[-1]
            if name in ("gamma", "moving_variance"):
                weight.assign(rng.uniform(0.6, 1.4, weight.shape))
            elif name in ("beta", "bias", "moving_mean"):
                weight.assign(rng.normal(0.0, 0.1, weight.shape))


def settle(model, images):
    """The statistics of these images for every BatchNormalization, as a trained model has them.

    With drawn ones a deep network gives one output for all inputs, and whatever is compared
    on it is equal.
    """
    norms = [layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]
    momenta = [layer.momentum for layer in norms]
    for layer in norms:
        layer.momentum = 0.0
    model(images, training=True)
    for layer, momentum in zip(norms, momenta, strict=True):
        layer.momentum = momentum


@contextlib.contextmanager
def arithmetic_of_keras_3(theirs):
    """tf_keras's BatchNormalization multiplies and adds as Keras 3's does, while this lasts.

    Its fused kernel differs by one unit in the last place. In some 20 layers of 100,000 values
    one of them lies so near the middle between two codes that it is rounded to the other, and
    the layers behind it make that grow: 1e-6 is then a matter of luck, not of the quantizers.
    """
    norms = [
        layer.layer
        for layer in theirs.layers
        if type(getattr(layer, "layer", None)).__name__ == "BatchNormalization"
    ]
    fused = [layer.fused for layer in norms]
    for layer in norms:
        layer.fused = False
    try:
        yield
    finally:
        for layer, before in zip(norms, fused, strict=True):
            layer.fused = before


def copy_ranges(ours, theirs):
    """Our ranges and statistics into TF-MOT's variables; every one of theirs must have one."""
    missing = {
        id(weight): weight.name
        for layer in theirs.layers
        for weight in layer.weights
        if weight.name.split(":")[0].endswith(("_min", "_max"))
    }
    extra = []
    inputs = iter([layer for layer in theirs.layers if type(layer).__name__ == "QuantizeLayer"])
    for layer in ours.layers:
        if isinstance(layer, QuantizedInput):
            pairs = {"quantize_layer": (layer.range_min, layer.range_max)}
            wrapper = next(inputs)
        elif isinstance(layer, QuantizedLayer):
            wrapper = theirs.get_layer(f"quant_{layer.name}")
            pairs = {_their_name(name, layer): ends for name, ends in layer._ranges.items()}
            if isinstance(layer.layer, keras.layers.BatchNormalization):
                wrapper.layer.moving_mean.assign(layer.layer.moving_mean.value)
                wrapper.layer.moving_variance.assign(layer.layer.moving_variance.value)
        else:
            continue
        theirs_by_name = {w.name.split("/")[-1].split(":")[0]: w for w in wrapper.weights}
        for name, ends in pairs.items():
            for end, value in zip(("min", "max"), ends, strict=True):
                their = next(
                    (w for n, w in theirs_by_name.items()
                     if n == f"{name}_{end}" or name == "quantize_layer" and n.endswith(end)),
                    None,
                )  # fmt: skip
                if their is None:
                    extra.append(f"{layer.name}/{name}_{end}")
                    continue
                their.assign(value.value)
                missing.pop(id(their), None)
    return sorted(missing.values()), extra


def _their_name(name, layer):
    if name == "kernel":
        kind = type(layer.layer).__name__
        return "depthwise_kernel" if kind == "DepthwiseConv2D" else "kernel"
    if name == "before_activation":
        return "pre_activation"
    if name == "output":
        return "post_activation" if hasattr(layer.layer, "kernel") else "output"
    return name


def int8_file(model, shape, path):
    """The int8 file of a Keras 3 or tf_keras model, without a calibration set, in this process."""
    import tensorflow as tf

    spec = tf.TensorSpec((None, *shape), tf.float32, name="input")
    module = tf.Module()
    ours = isinstance(model, keras.Model)
    module.weights = [weight.value if ours else weight for weight in model.weights]
    module.serve = tf.function(
        lambda input: {"output": model(input, training=False)}, input_signature=[spec]
    )
    folder = str(path.with_suffix(""))
    tf.saved_model.save(module, folder, signatures={"serve": module.serve})
    converter = tf.lite.TFLiteConverter.from_saved_model(folder, signature_keys=["serve"])
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.inference_input_type = converter.inference_output_type = tf.int8
    path.write_bytes(converter.convert())
    return path


def set_ranges(model, seed=0):
    """Another range for every quantizer of an activation: a mistaken one shows."""
    rng = np.random.default_rng(seed)
    for layer in model.layers:
        if isinstance(layer, QuantizedLayer):
            for name, (low, high) in layer._ranges.items():
                if name != "kernel":
                    low.assign(-rng.uniform(0.5, 2.0))
                    high.assign(rng.uniform(1.0, 4.0))


def signature(contents):
    """What has to be equal in two files: operators, and the tensors they take and give."""
    rows = []
    for operator in contents.operators:
        constants = [i for i in operator.inputs if contents.tensors[i].data is not None]
        for index in (*constants, *operator.outputs):
            tensor = contents.tensors[index]
            rows.append((operator.name, tensor.dtype, tensor.zero_point, tensor.scale))
    return rows


def assert_same_file(ours, theirs):
    """The same operators, types and zero points; scales within 1e-6 of each other."""
    ours, theirs = signature(ours), signature(theirs)
    assert [row[:3] for row in ours] == [row[:3] for row in theirs]
    for (*_, scale), (*_, expected) in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(scale, expected, rtol=1e-6)

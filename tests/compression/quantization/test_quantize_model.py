import keras
import numpy as np
import pytest

from keras_distill import _tfmot
from keras_distill.compression import (
    ConstantSparsity,
    QuantizedInput,
    QuantizedLayer,
    prune_low_magnitude,
    quantize_model,
    strip_pruning,
)

LOSS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def convert(model, folder):
    """The int8 file made from the model's own ranges, in an interpreter."""
    import tensorflow as tf
    from ai_edge_litert.interpreter import Interpreter

    model.export(folder, verbose=False)
    converter = tf.lite.TFLiteConverter.from_saved_model(str(folder))
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.inference_input_type = converter.inference_output_type = tf.int8
    interpreter = Interpreter(
        model_content=converter.convert(), experimental_preserve_all_tensors=True
    )
    interpreter.allocate_tensors()
    return interpreter


def predict(interpreter, images):
    source, target = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    scale, zero = source["quantization"]
    outputs = []
    for image in images:
        codes = np.clip(np.round(image / scale + zero), -128, 127).astype("int8")
        interpreter.set_tensor(source["index"], codes[None])
        interpreter.invoke()
        outputs.append(interpreter.get_tensor(target["index"])[0])
    return np.array(outputs)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_every_tensor_of_the_int8_file_is_int8_and_the_zeros_stay(build, quadrants, tmp_path):
    images, labels = quadrants(1024)
    model = prune_low_magnitude(build("everything"), ConstantSparsity(0.75, 0, frequency=1))
    model.compile("adam", LOSS)
    model.fit(images, labels, epochs=3, verbose=0)
    model = quantize_model(strip_pruning(model), preserve_sparsity=True)
    model.compile("adam", LOSS)
    model.fit(images, labels, epochs=3, verbose=0)
    interpreter = convert(model, tmp_path / "saved_model")
    details = interpreter.get_tensor_details()
    assert {np.dtype(tensor["dtype"]).name for tensor in details} <= {"int8", "int32"}
    ours = model.predict(images[:300], verbose=0).argmax(1)
    theirs = predict(interpreter, images[:300]).argmax(1)
    assert np.mean(ours == theirs) >= 0.99
    assert np.mean(theirs == labels[:300]) >= np.mean(ours == labels[:300]) - 0.005
    kernels = {}
    for tensor in details:
        if np.dtype(tensor["dtype"]).name == "int8":
            values = interpreter.get_tensor(tensor["index"])
            kernels.setdefault(tuple(values.shape), []).append(np.mean(values == 0))
    for shape in ((8, 3, 3, 1), (8, 1, 1, 8), (8, 3, 3, 8), (16, 3, 3, 16), (16, 1, 1, 16)):
        assert max(kernels[shape]) >= 0.75, shape
    assert max(kernels[(4, 256)]) >= 0.75


def test_saved_loaded_and_trained_on_equals_the_unbroken_run(build, quadrants, tmp_path):
    images, labels = quadrants(64, 8)
    model = quantize_model(build("residual"), preserve_sparsity=True)
    model.compile("adam", LOSS)
    model.fit(images, labels, shuffle=False, verbose=0)
    model.save(tmp_path / "int8.keras")
    loaded = keras.models.load_model(tmp_path / "int8.keras")
    for one in (model, loaded):
        one.fit(images, labels, shuffle=False, verbose=0)
    for old, new in zip(model.weights, loaded.weights, strict=True):
        np.testing.assert_array_equal(old, new)


@pytest.mark.slow
def test_student_of_a_custom_train_step(build, quadrants):
    import tensorflow as tf

    class Outer(keras.Model):
        def __init__(self, student):
            super().__init__()
            self.student = student

        def train_step(self, data):
            x, y = data
            with tf.GradientTape() as tape:
                loss = LOSS(y, self.student(x, training=True))
            weights = self.student.trainable_variables
            self.optimizer.apply(tape.gradient(loss, weights), weights)
            return {"loss": loss}

    images, labels = quadrants(64, 8)
    student = quantize_model(build("residual"))
    outer = Outer(student)
    outer.compile("adam")
    outer.fit(images, labels, verbose=0)
    assert float(student.layers[1].range_max) == images.max()
    assert float(student.get_layer("relu_1")._ranges["output"][0]) > -6


@pytest.mark.parametrize("name", ["residual", "separable"])
def test_forward_equals_tfmot_on_the_twin(name, build):
    _ = _tfmot.Pruning
    import tf_keras
    from tensorflow_model_optimization.python.core.quantization.keras import quantize

    model = build(name)
    keywords = {"layers": tf_keras.layers, "make": tf_keras.Model, "start": tf_keras.Input}
    twin = build(name, **keywords)
    twin.set_weights(model.get_weights())
    ours, theirs = quantize_model(model), quantize.quantize_model(twin)
    images = np.random.default_rng(0).random((16, 8, 8, 1)).astype("float32")
    ours(images, training=True)
    copied = 0
    for layer in ours.layers:
        if isinstance(layer, QuantizedInput):
            wrapper = theirs.layers[1]
            pairs = [
                ("quantize_layer_min", layer.range_min),
                ("quantize_layer_max", layer.range_max),
            ]
        elif isinstance(layer, QuantizedLayer):
            wrapper = theirs.get_layer(f"quant_{layer.name}")
            pairs = []
            for place, (low, high) in layer._ranges.items():
                kernel = "depthwise_kernel" if "Depthwise" in str(layer.layer) else "kernel"
                post = hasattr(layer.layer, "kernel")
                name = {"kernel": kernel, "output": "post_activation" if post else "output"}[place]
                pairs += [(f"{name}_min", low), (f"{name}_max", high)]
            if isinstance(layer.layer, keras.layers.BatchNormalization):
                wrapper.layer.moving_mean.assign(layer.layer.moving_mean.value)
                wrapper.layer.moving_variance.assign(layer.layer.moving_variance.value)
        else:
            continue
        by_name = {weight.name.split("/")[-1].split(":")[0]: weight for weight in wrapper.weights}
        for name, value in pairs:
            by_name[name].assign(value.value)
            copied += 1
        expected = {key for key in by_name if key.endswith(("_min", "_max"))}
        assert expected == {name for name, _ in pairs}, layer.name
    ranges = [w for w in theirs.weights if w.name.split(":")[0].endswith(("_min", "_max"))]
    assert copied == len(ranges)
    difference = ours(images) - theirs(images, training=False)
    assert np.abs(difference).max() <= 1e-6


def refused(model):
    with pytest.raises(ValueError) as caught:
        quantize_model(model)
    return str(caught.value)


def test_wrapping_twice(build):
    assert refused(quantize_model(build("residual"))) == (
        "`quantize_model` expects a model that is not prepared yet. Received: 'residual', whose "
        "layer 'image_quantized' is a QuantizedInput already. Call `strip_pruning` on a pruned "
        "model first; a quantized one is ready to train."
    )


def test_nothing_to_quantize():
    model = keras.Sequential([keras.Input((4,)), keras.layers.ReLU()], name="bare")
    assert refused(model) == (
        "`quantize_model` found nothing to quantize in 'bare'. Expected at least one Conv2D, "
        "DepthwiseConv2D or Dense layer."
    )


def test_nested_models_are_quantized_inside(build):
    model = keras.Sequential([keras.Input((8, 8, 1)), build("residual"), keras.layers.Dense(2)])
    quantized = quantize_model(model)
    inner = quantized.layers[1]
    assert isinstance(inner.get_layer("conv_1"), QuantizedLayer)
    assert not any(isinstance(layer, QuantizedInput) for layer in inner.layers)


@pytest.mark.parametrize("policies", [("mixed_float16", "float32"), ("float32", "mixed_float16")])
def test_precision_is_that_of_the_layers_not_of_the_process(policies, build, quadrants, tmp_path):
    images, labels = quadrants(64, 8)
    before = keras.config.dtype_policy()
    try:
        keras.config.set_dtype_policy(policies[0])
        original = build("residual")
        keras.config.set_dtype_policy(policies[1])
        model = quantize_model(original)
        model.compile("sgd", LOSS)
        history = model.fit(images, labels, epochs=2, verbose=0).history["loss"]
        model.save(tmp_path / "int8.keras")
        # Keras keeps no policy of a model: what `compile` makes of it would be another optimizer.
        loaded = keras.models.load_model(tmp_path / "int8.keras", compile=False)
    finally:
        keras.config.set_dtype_policy(before)
    assert history[1] < history[0]
    for one in (model, loaded):
        wrapped = [layer for layer in one.layers if isinstance(layer, QuantizedLayer)]
        assert len(wrapped) == 10
        for layer in wrapped:
            policy = original.get_layer(layer.name).dtype_policy.name
            assert (layer.dtype_policy.name, layer.layer.dtype_policy.name) == (policy, policy)
            for low, high in layer._ranges.values():
                assert low.dtype == high.dtype == "float32"
        low, high = one.get_layer("relu_1")._ranges["output"]
        assert low > -6 and high < 6
    assert model(images).dtype == ("float16" if policies[0] == "mixed_float16" else "float32")
    np.testing.assert_array_equal(model(images), loaded(images))


def test_another_recipe(build):
    with pytest.raises(ValueError) as caught:
        quantize_model(build("mlp"), recipe="float16")
    assert str(caught.value) == (
        "`recipe` is one of: 'int8', 'int16x8', 'dynamic_range'. Received: recipe='float16'. "
        "Leave it out for 'int8'."
    )


def test_ranges_of_16_bits_are_symmetric_and_fine(build, quadrants, tmp_path):
    images, labels = quadrants(64, 8)
    model = quantize_model(build("residual"), recipe="int16x8")
    model.compile("sgd", LOSS)
    model.fit(images, labels, verbose=0)
    model.save(tmp_path / "int16.keras")
    loaded = keras.models.load_model(tmp_path / "int16.keras")
    np.testing.assert_array_equal(model(images), loaded(images))
    source = model.layers[1]
    assert float(source.range_max) == -float(source.range_min) == images.max()
    steps = np.asarray(source(images)) / (images.max() / 32767)
    np.testing.assert_allclose(steps, np.round(steps), atol=0.02)
    np.testing.assert_allclose(source(images), images, atol=images.max() / 32767)
    layer = model.get_layer("relu_1")
    low, high = layer._ranges["output"]
    assert float(low) == -float(high) and layer.activation_bits == 16
    # Kernels stay on 8 bits.
    assert len(np.unique(model.get_layer("head").kernel_quantizer.fake())) <= 255


@pytest.mark.filterwarnings("ignore")
def test_converter_takes_the_16_bit_ranges_as_they_are(build, tmp_path):
    import tensorflow as tf

    from keras_distill.export.contents.tflite_contents import read

    model = quantize_model(build("mlp"), recipe="int16x8")
    model(np.random.default_rng(0).normal(size=(8, 12)).astype("float32"), training=True)
    model.export(tmp_path / "saved_model", verbose=False)
    converter = tf.lite.TFLiteConverter.from_saved_model(str(tmp_path / "saved_model"))
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.target_spec.supported_ops = [
        tf.lite.OpsSet.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8
    ]
    (tmp_path / "m.tflite").write_bytes(converter.convert())
    contents = read(tmp_path / "m.tflite")
    products = [one for one in contents.operators if one.name == "FULLY_CONNECTED"]
    ranges = [model.layers[0].range_max, model.get_layer("hidden")._ranges["output"][1]]
    ranges.append(model.get_layer("head")._ranges["output"][1])
    for operator, name, given, made in zip(
        products, ("hidden", "head"), ranges[:-1], ranges[1:], strict=True
    ):
        source, kernel = (contents.tensors[index] for index in operator.inputs[:2])
        target = contents.tensors[operator.outputs[0]]
        assert (source.dtype, kernel.dtype, target.dtype) == ("int16", "int8", "int16")
        assert source.zero_point == target.zero_point == (0,)
        np.testing.assert_allclose(source.scale, [float(given) / 32767], rtol=1e-6)
        np.testing.assert_allclose(target.scale, [float(made) / 32767], rtol=1e-6)
        high = model.get_layer(name).kernel_quantizer.range()[1]
        np.testing.assert_allclose(kernel.scale, [high / 127], rtol=1e-6)

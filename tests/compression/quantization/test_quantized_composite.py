import keras
import numpy as np
import pytest

import keras_distill as kd
from keras_distill.compression import (
    ConstantSparsity,
    QuantizedComposite,
    QuantizedLayer,
    prune_low_magnitude,
    quantize_model,
    strip_pruning,
    summary,
)

LOSS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
layers = keras.layers


def data(name, count=64):
    rng = np.random.default_rng(0)
    shape = (6, 8) if name == "transformer" else (8, 8, 1)
    return rng.random((count, *shape), dtype="float32"), rng.integers(0, 4, count)


class Stages(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.conv = layers.Conv2D(8, 3, padding="same", use_bias=False, name="conv")
        self.norm = layers.BatchNormalization(name="norm")
        self.relu = layers.ReLU(name="relu")

    def call(self, inputs):
        return self.relu(self.norm(self.conv(inputs)))


def with_stages(inside):
    image = keras.Input((8, 8, 1), name="image")
    x = layers.Conv2D(8, 3, padding="same", activation="relu", name="stem")(image)
    stages = Stages(name="stages")
    x = stages(x) if inside else stages.relu(stages.norm(stages.conv(x)))
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    return keras.Model(image, layers.Dense(4, name="head")(x))


def test_inside_is_computed_what_the_same_layers_compute_outside():
    # Outside, they compute what TF-MOT's twin does: test_quantize_model.
    composite, flat = with_stages(True), with_stages(False)
    flat.set_weights(composite.get_weights())
    x, y = data("stages")
    quantized = [quantize_model(model) for model in (composite, flat)]
    for model in quantized:
        model.compile(keras.optimizers.SGD(0.05, momentum=0.9), LOSS)
        model.fit(x, y, batch_size=16, epochs=2, shuffle=False, verbose=0)
    np.testing.assert_allclose(
        quantized[0].predict(x, verbose=0), quantized[1].predict(x, verbose=0), atol=1e-6
    )
    inside = quantized[0].get_layer("stages")
    assert inside.input_paths == [] and not inside.output_quantized
    outside = quantized[1].get_layer("conv").kernel_quantizer.range()
    for one, other in zip(inside.part("conv").kernel_quantizer.range(), outside, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)
    assert len(quantized[0].weights) == len(quantized[1].weights)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["transformer", "gated"])
def test_saved_loaded_and_trained_on_equals_the_unbroken_run(name, build, tmp_path):
    x, y = data(name)
    model = build(name)
    before = [weight.numpy() for weight in model.weights]
    quantized = quantize_model(model)
    quantized.compile("adam", LOSS)
    quantized.fit(x, y, shuffle=False, verbose=0)
    quantized.save(tmp_path / "int8.keras")
    loaded = keras.models.load_model(tmp_path / "int8.keras")
    np.testing.assert_array_equal(loaded.predict(x, verbose=0), quantized.predict(x, verbose=0))
    for one in (quantized, loaded):
        one.fit(x, y, shuffle=False, verbose=0)
    for old, new in zip(quantized.weights, loaded.weights, strict=True):
        np.testing.assert_array_equal(old, new)
    for old, new in zip(before, model.weights, strict=True):
        np.testing.assert_array_equal(old, new)


def test_without_quantizers_it_is_the_composite(build):
    for name, path in (("transformer", "attention_0"), ("gated", "block_1")):
        layer = build(name).get_layer(path)
        x = np.random.default_rng(0).normal(size=(3, *layer.output.shape[1:])).astype("float32")
        arguments = (x, x) if name == "transformer" else (x,)
        wrapper = QuantizedComposite(layer, {})
        np.testing.assert_array_equal(wrapper(*arguments), layer(*arguments))


@pytest.mark.slow
def test_zeros_stay_inside(build):
    x, y = data("gated")
    model = prune_low_magnitude(build("gated"), ConstantSparsity(0.75, 0, frequency=1))
    model(x[:2], training=True)
    quantized = quantize_model(strip_pruning(model), preserve_sparsity=True)
    quantized.compile("adam", LOSS)
    quantized.fit(x, y, epochs=2, verbose=0)
    part = quantized.get_layer("block_1").part("stages/0")
    assert part.preserve_sparsity
    assert np.mean(np.asarray(part.layer.kernel) == 0) == 0.75


def test_a_layer_called_twice_has_one_set_of_ranges(build):
    image = keras.Input((8, 8, 8))
    block = type(build("gated").get_layer("block_1"))(8, name="block")
    x = layers.GlobalAveragePooling2D()(block(block(image)))
    model = keras.Model(image, layers.Dense(4)(x))
    quantized = quantize_model(model)
    assert len([one for one in quantized.layers if isinstance(one, QuantizedComposite)]) == 1
    values = np.ones((2, 8, 8, 8), "float32")
    before = quantized.predict(values, verbose=0)
    quantized(values, training=True)
    assert not np.array_equal(quantized.predict(values, verbose=0), before)


def test_what_the_summary_says_of_a_small_transformer(build):
    facts = summary(quantize_model(build("transformer", blocks=2)))
    done = {path: each["done"] for path, each in facts.items()}
    for index in range(2):
        assert done[f"attention_{index}"] == "inside, attention int8"
        for name in ("query", "key", "value", "attention_output"):
            assert done[f"attention_{index}/{name}"] == "kernel and output int8"
            assert facts[f"attention_{index}/{name}"]["bits"] == 8
        assert done[f"up_{index}"] == done[f"down_{index}"] == "kernel and output int8"
    skipped = {path: each["skipped"] for path, each in facts.items() if each["skipped"]}
    assert skipped == dict.fromkeys(
        ("norm_0", "last_norm_0", "norm_1", "last_norm_1"),
        "the 8-bit scheme has no rule for LayerNormalization",
    )


def test_what_the_summary_says_of_an_lstm():
    words = keras.Input((5, 3))
    x = layers.LSTM(4, name="lstm")(words)
    facts = summary(quantize_model(keras.Model(words, layers.Dense(2, name="head")(x))))
    assert facts["lstm"]["skipped"] == "the 8-bit scheme has no rule for LSTM"
    assert facts["head"]["done"] == "kernel and output int8"


@pytest.mark.slow
def test_student_of_a_distiller(build):
    x, y = data("transformer")
    for prepare in (quantize_model, prune_low_magnitude):
        student = prepare(build("transformer"))
        before = np.asarray(student.get_layer("attention_0").layer._query_dense.kernel).copy()
        distiller = kd.Distiller(teacher=build("transformer"), student=student)
        distiller.compile("adam", loss=LOSS)
        history = distiller.fit(x, y, verbose=0)
        assert np.isfinite(history.history["loss"][-1])
        after = np.asarray(student.get_layer("attention_0").layer._query_dense.kernel)
        assert not np.array_equal(before, after)


@pytest.mark.slow
def test_mixed_precision(build):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16")
    try:
        for prepare, name in ((quantize_model, "transformer"), (prune_low_magnitude, "gated")):
            x, y = data(name)
            model = prepare(build(name))
            model.compile("sgd", LOSS)
            assert np.isfinite(model.fit(x, y, verbose=0).history["loss"][-1])
            assert np.isfinite(model.predict(x, verbose=0)).all()
    finally:
        keras.config.set_dtype_policy(before)


def test_a_subclassed_model_called_on_an_input():
    @keras.saving.register_keras_serializable(package="tests")
    class Own(keras.Model):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.attention = layers.MultiHeadAttention(2, 4, name="attention")
            self.head = layers.Dense(3, name="head")

        def call(self, inputs):
            return self.head(self.attention(inputs, inputs)[:, 0])

    words = keras.Input((6, 8))
    model = keras.Model(words, Own(name="own")(words))
    quantized = quantize_model(model)
    inside = quantized.get_layer("own")
    assert isinstance(inside.part("attention/_query_dense"), QuantizedLayer)
    assert inside.attention_paths == ["attention"]
    assert quantized.predict(np.ones((2, 6, 8)), verbose=0).shape == (2, 3)


def test_configuration_goes_round():
    layer = QuantizedComposite(
        layers.MultiHeadAttention(2, 4, name="attention"),
        {"_query_dense": {"kernel": "per_tensor", "output": True}},
        inputs=["_query_dense"],
        attention=[""],
        output=True,
    )
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    assert again.get_config() == layer.get_config()
    x = np.ones((1, 3, 8), "float32")
    assert again(x, x).shape == (1, 3, 8)


def test_a_path_that_leads_nowhere():
    layer = QuantizedComposite(Stages(name="stages"), {"first": {"kernel": "per_channel"}})
    with pytest.raises(ValueError) as caught:
        layer(np.ones((1, 8, 8, 1), "float32"))
    assert str(caught.value) == (
        "`QuantizedComposite` expects paths of layers inside 'stages': conv, norm, relu. "
        "Received: first. Let the verbs of `keras_distill.compression` find the paths."
    )


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_int8_file_of_a_transformer_multiplies_integers_only(build, tmp_path):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(1536, 6, 8)).astype("float32")
    y = (x.mean(1) @ rng.normal(size=(8, 4))).argmax(1)
    model = quantize_model(build("transformer", blocks=2))
    model.compile(keras.optimizers.Adam(0.01), LOSS, metrics=["accuracy"])
    model.fit(x, y, epochs=10, batch_size=32, verbose=0)
    artefact = kd.export.to_tflite(
        model, tmp_path / "m.tflite", recipe="int8", samples=x[:1000], allow_float=True,
        minimum_agreement=0.98,
    )  # fmt: skip
    assert artefact.parity.agreement >= 0.98
    described = kd.export.describe(artefact)
    floats = [operator for operator, _ in described["float_operators"]]
    assert described["operators"]["FULLY_CONNECTED"] == 13
    assert described["operators"]["BATCH_MATMUL"] == 4
    assert described["operators"]["SOFTMAX"] == 2
    assert not {"FULLY_CONNECTED", "BATCH_MATMUL", "SOFTMAX", "RESHAPE"} & set(floats)
    # The four LayerNormalizations and nothing else.
    places = [place for operator, place in described["float_operators"] if operator == "RSQRT"]
    assert len(places) == 4 and all("norm" in place for place in places)
    assert artefact.manifest["float_operators"] == len(floats)

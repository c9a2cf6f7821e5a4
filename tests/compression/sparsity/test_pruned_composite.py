import keras
import numpy as np
import pytest

from keras_distill.compression import (
    ConstantSparsity,
    PolynomialDecay,
    PrunedComposite,
    PrunedLayer,
    prune_low_magnitude,
    quantize_model,
    strip_pruning,
    summary,
)

LOSS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
layers = keras.layers


@keras.saving.register_keras_serializable(package="tests")
class TwoDense(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.hidden, self.last = layers.Dense(16, activation="relu"), layers.Dense(4)

    def call(self, inputs):
        return self.last(self.hidden(inputs))


def vectors(count=64):
    rng = np.random.default_rng(0)
    return rng.normal(size=(count, 12)).astype("float32"), rng.integers(0, 4, count)


def images(name, count=64):
    rng = np.random.default_rng(0)
    shape = (6, 8) if name == "transformer" else (8, 8, 1)
    return rng.random((count, *shape), dtype="float32"), rng.integers(0, 4, count)


@pytest.mark.parametrize("optimizer", ["sgd", pytest.param("adam", marks=pytest.mark.slow)])
def test_masks_are_those_of_the_same_layers_outside_a_composite(optimizer):
    # Outside, they are TF-MOT's own to the bit: test_prune_low_magnitude_oracle.
    composite = keras.Sequential([keras.Input((12,)), TwoDense(name="two")])
    flat = keras.Sequential([keras.Input((12,)), TwoDense().hidden, TwoDense().last])
    flat.set_weights(composite.get_weights())
    schedule = PolynomialDecay(0.2, 0.8, begin_step=1, end_step=15, frequency=3)
    x, y = vectors()
    pruned = [prune_low_magnitude(model, schedule) for model in (composite, flat)]
    for model in pruned:
        model.compile(optimizer, LOSS)
        model.fit(x, y, batch_size=16, epochs=5, shuffle=False, verbose=0)
    inside = dict(zip(pruned[0].layers[0].paths, pruned[0].layers[0].parts, strict=True))
    for part, outside in zip((inside["hidden"], inside["last"]), pruned[1].layers, strict=True):
        assert int(part.pruning_step) == int(outside.pruning_step) == 20
        np.testing.assert_array_equal(part.masks[0], outside.masks[0])
        np.testing.assert_array_equal(part.kernels[0], outside.kernels[0])
        assert 0 < np.mean(np.asarray(part.masks[0]) == 0) < 1
    np.testing.assert_array_equal(pruned[0].predict(x, verbose=0), pruned[1].predict(x, verbose=0))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["transformer", "gated"])
def test_from_preparing_to_stripping(name, build, tmp_path):
    model = build(name)
    x, y = images(name)
    before = model.predict(x, verbose=0)
    nothing = prune_low_magnitude(model, ConstantSparsity(0.0, 0, frequency=1))
    nothing(x[:1], training=False)
    np.testing.assert_array_equal(nothing.predict(x, verbose=0), before)
    pruned = prune_low_magnitude(model, ConstantSparsity(0.75, 0, frequency=1))
    np.testing.assert_array_equal(pruned.predict(x, verbose=0), before)
    pruned.compile("adam", LOSS)
    pruned.fit(x, y, shuffle=False, verbose=0)
    pruned.save(tmp_path / "pruned.keras")
    loaded = keras.models.load_model(tmp_path / "pruned.keras")
    for one in (pruned, loaded):
        one.fit(x, y, shuffle=False, verbose=0)
    for old, new in zip(pruned.weights, loaded.weights, strict=True):
        np.testing.assert_array_equal(old, new)
    stripped = strip_pruning(pruned)
    assert [type(layer) for layer in stripped.layers] == [type(layer) for layer in model.layers]
    np.testing.assert_array_equal(stripped.predict(x, verbose=0), pruned.predict(x, verbose=0))
    kernels = [weight for weight in stripped.weights if weight.name == "kernel"]
    assert kernels
    for kernel in kernels:
        zeros = np.asarray(kernel) == 0
        assert zeros.sum() >= np.floor(0.75 * zeros.size) - 1, kernel.path


def test_summary_names_what_is_inside(build):
    facts = summary(prune_low_magnitude(build("gated")))
    assert facts["block_1"]["done"] == "inside"
    assert facts["block_1"]["bytes"] == 0
    inside = {path: each for path, each in facts.items() if "/" in path}
    assert [each["done"] for each in inside.values()].count("pruned") == 4
    conv = next(path for path in inside if path.startswith("block_1/conv2d"))
    assert (facts[conv]["type"], facts[conv]["bits"]) == ("Conv2D", 32)


def test_inference_masks_and_assigns_nothing():
    schedule = ConstantSparsity(0.5, 0, frequency=1)
    wrapper = PrunedComposite(TwoDense(), ["hidden"], schedule)
    x, _ = vectors(4)
    wrapper(x)
    part = wrapper.parts[0]
    part.masks[0].assign(np.zeros(part.masks[0].shape))
    bias = np.asarray(wrapper.layer.last.bias)
    np.testing.assert_array_equal(wrapper(x), np.broadcast_to(bias, (4, 4)))
    assert np.all(np.asarray(part.kernels[0]) != 0)
    assert int(part.pruning_step) == 0


def test_configuration_goes_round():
    layer = PrunedComposite(TwoDense(name="two"), ["last", "hidden"], ConstantSparsity(0.5, 0))
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    assert again.get_config() == layer.get_config()
    assert again.pruning_schedule.get_config() == layer.pruning_schedule.get_config()


def test_a_path_that_leads_nowhere():
    layer = PrunedComposite(TwoDense(name="two"), ["first"], ConstantSparsity(0.5, 0))
    with pytest.raises(ValueError) as caught:
        layer(np.ones((1, 12), "float32"))
    assert str(caught.value) == (
        "`PrunedComposite` expects paths of layers inside 'two': hidden, last. Received: first. "
        "Let the verbs of `keras_distill.compression` find the paths."
    )


def test_an_inner_layer_that_is_never_called():
    class Unused(layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.used, self.unused = layers.Dense(4), layers.Dense(4)

        def build(self, input_shape):
            self.used.build(input_shape)

        def call(self, inputs):
            return self.used(inputs)

    inputs = keras.Input((12,))
    model = keras.Model(inputs, Unused(name="block")(inputs))
    assert prune_low_magnitude(model).get_layer("block").paths == ["used"]
    layer = PrunedComposite(Unused(name="block"), ["unused"], ConstantSparsity(0.5, 0))
    with pytest.raises(ValueError) as caught:
        layer(np.ones((1, 12), "float32"))
    assert str(caught.value) == (
        "`PrunedComposite` expects inner layers that have weights. Received: 'unused' inside "
        "'block', which is not built: the call of the composite does not reach it. Leave its path "
        "out, or build it in the composite's own `build`."
    )


def test_einsum_dense_at_the_top_of_a_graph_is_pruned():
    inputs = keras.Input((3, 4))
    outputs = layers.EinsumDense("abc,cd->abd", (None, 8), name="einsum")(inputs)
    pruned = prune_low_magnitude(
        keras.Model(inputs, outputs), ConstantSparsity(0.5, 0, frequency=1)
    )
    pruned(np.ones((1, 3, 4), "float32"), training=True)
    layer = pruned.get_layer("einsum")
    assert isinstance(layer, PrunedLayer)
    assert np.mean(np.asarray(layer.kernels[0]) == 0) == 0.5


def test_wrapping_twice(build):
    pruned = prune_low_magnitude(build("gated"))
    with pytest.raises(ValueError) as caught:
        quantize_model(keras.Sequential([keras.Input((12,)), _wrapped()], name="m"))
    assert "whose layer 'two' is a PrunedComposite already" in str(caught.value)
    assert isinstance(pruned.get_layer("block_1"), PrunedComposite)


def _wrapped():
    return PrunedComposite(TwoDense(name="two"), ["hidden"], ConstantSparsity(0.5, 0))

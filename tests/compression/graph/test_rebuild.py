import keras
import numpy as np

from keras_distill.compression.graph.rebuild import copy_layer, rebuild


def test_copies_structure_names_and_weights(build, quadrants):
    images, _ = quadrants(8, 8)
    for name in ("plain", "residual"):
        model = build(name)
        copy = rebuild(model, copy_layer)
        assert [layer.name for layer in copy.layers] == [layer.name for layer in model.layers]
        np.testing.assert_array_equal(
            copy.predict(images, verbose=0), model.predict(images, verbose=0)
        )
        assert not set(map(id, copy.layers)) & set(map(id, model.layers))


def test_operations_that_are_no_layers_are_kept():
    image = keras.Input((3,))
    model = keras.Model(image, keras.layers.Dense(3)(image) + image)
    values = np.ones((2, 3), "float32")
    copy = rebuild(model, copy_layer)
    np.testing.assert_array_equal(copy.predict(values, verbose=0), model.predict(values, verbose=0))


def test_a_frozen_nested_model_stays_frozen(build):
    inner = build("residual")
    inner.trainable = False
    model = keras.Sequential([keras.Input((8, 8, 1)), inner])
    assert rebuild(model, copy_layer).trainable_weights == []


def test_a_frozen_layer_of_a_nested_model_stays_frozen(build):
    inner = build("residual")
    inner.get_layer("conv_1").trainable = False
    copy = rebuild(keras.Sequential([keras.Input((8, 8, 1)), inner]), copy_layer)
    assert not copy.layers[0].get_layer("conv_1").trainable
    assert copy.layers[0].get_layer("conv_2").trainable


def test_an_adapted_normalization_goes_on_with_what_it_has_seen():
    normalization = keras.layers.Normalization()
    normalization.adapt(np.array([[1.0, 5.0], [3.0, 9.0]], "float32"))
    image = keras.Input((2,))
    model = keras.Model(image, normalization(image))
    values = np.ones((2, 2), "float32")
    copy = rebuild(model, copy_layer)
    np.testing.assert_array_equal(copy(values), model(values))


def test_a_compiled_model_of_half_precision(build):
    keras.config.set_dtype_policy("mixed_float16")
    try:
        model = build("residual")
    finally:
        keras.config.set_dtype_policy("float32")
    model.compile("sgd", lambda y, p: keras.ops.mean(p, axis=-1))
    copy = rebuild(model, copy_layer)
    assert not copy.compiled and copy.dtype_policy.name == "mixed_float16"
    copy.compile("sgd", "mse")
    assert isinstance(copy.optimizer, keras.optimizers.LossScaleOptimizer)


def test_composites_inputs_and_outputs_by_name_and_shared_layers_are_kept(build):
    images, marks = keras.Input((8, 8, 1), name="images"), keras.Input((4,), name="marks")
    encoder, shared = build("gated"), keras.layers.Dense(4, name="shared")
    x = keras.layers.Rescaling(2.0)(images)
    x = shared(encoder(x)) + shared(marks)
    model = keras.Model({"images": images, "marks": marks}, {"sum": x, "twice": 2 * x})
    copy = rebuild(model, copy_layer)
    values = {"images": np.ones((2, 8, 8, 1), "float32"), "marks": np.ones((2, 4), "float32")}
    expected, made = model.predict(values, verbose=0), copy.predict(values, verbose=0)
    assert sorted(made) == ["sum", "twice"]
    for key, value in expected.items():
        np.testing.assert_array_equal(made[key], value)
    assert len(copy.get_layer("shared")._inbound_nodes) == 2


def test_only_inputs_of_numbers_get_a_layer_behind_them():
    words = keras.Input((3,), dtype="int32", name="words")
    marks = keras.Input((2,), name="marks")
    x = keras.layers.Flatten()(keras.layers.Embedding(5, 2)(words))
    model = keras.Model([words, marks], keras.layers.Concatenate()([x, marks]))
    copy = rebuild(model, copy_layer, lambda name: keras.layers.Identity(name=f"{name}_behind"))
    names = [layer.name for layer in copy.layers]
    assert "marks_behind" in names and "words_behind" not in names


def test_a_name_that_grows_is_put_right():
    @keras.saving.register_keras_serializable(package="tests")
    class Growing(keras.layers.Layer):
        def __init__(self, name=None, **kwargs):
            super().__init__(name=f"{name}_0", **kwargs)

    layer = Growing(name="block")
    assert copy_layer(layer).name == layer.name == "block_0"

import keras
import numpy as np
from keras import layers

from keras_distill.models.clone_graph import clone_graph, is_graph


def copied(layer, given=None):
    return type(layer).from_config(layer.get_config())


def halved(layer, given=None):
    config = layer.get_config()
    if "filters" in config:
        config["filters"] //= 2
    return type(layer).from_config(config)


def nested():
    inner = keras.Sequential([keras.Input((6, 6, 8)), layers.Conv2D(6, 3, name="b")], name="inner")
    image = keras.Input((8, 8, 1), name="image")
    x = inner(layers.Conv2D(8, 3, name="a")(image) + 1.0)
    return keras.Model(image, layers.Dense(3, name="head")(layers.Flatten()(x)), name="outer")


def test_nested_models_are_built_on_the_channels_that_reach_them():
    model = nested()
    small = clone_graph(model, halved)
    assert [layer.name for layer in small.layers] == [layer.name for layer in model.layers]
    assert small.get_layer("inner").get_layer("b").kernel.shape == (3, 3, 4, 3)
    assert isinstance(small.get_layer("inner"), keras.Sequential)
    assert small.output_shape == (None, 3)


def test_a_copy_of_the_weights_makes_a_copy_of_the_model():
    model = nested()
    new = clone_graph(model, copied)
    new.set_weights(model.get_weights())
    images = np.random.default_rng(0).random((2, 8, 8, 1), "float32")
    np.testing.assert_array_equal(new(images), model(images))
    add = next(each for each in model.operations if not isinstance(each, keras.Layer))
    assert add not in new.operations


def test_frozen_is_frozen_and_half_frozen_is_half_frozen():
    model = nested()
    model.get_layer("inner").trainable = False
    assert len(clone_graph(model, copied).trainable_weights) == 4
    model = nested()
    model.get_layer("inner").get_layer("b").trainable = False
    assert len(clone_graph(model, copied).trainable_weights) == 4
    model.trainable = False
    assert clone_graph(model, copied).trainable_weights == []


def test_a_compiled_model_is_copied_uncompiled_whatever_its_loss():
    model = nested()
    model.compile(loss=lambda y, p: y - p)
    new = clone_graph(model, copied)
    assert model.compiled and not new.compiled


def test_several_inputs_keep_their_names_and_structure():
    inputs = {name: keras.Input((3,), name=name) for name in ("a", "b")}
    model = keras.Model(inputs, layers.Dense(2)(layers.Add()([inputs["a"], inputs["b"]])))
    new = clone_graph(model, copied)
    new.set_weights(model.get_weights())
    values = {"a": np.ones((1, 3), "float32"), "b": np.zeros((1, 3), "float32")}
    np.testing.assert_array_equal(new(values), model(values))
    assert [layer.name for layer in new.layers] == [layer.name for layer in model.layers]


def test_what_a_graph_is():
    assert is_graph(nested()) and is_graph(keras.Sequential()) and not is_graph(layers.Dense(2))

import keras
import numpy as np

from keras_distill.compression.rebuild import copy_layer, rebuild


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

"""The adapter is exact arithmetic in stock layers, and saves."""

import keras
import numpy as np
import pytest

from keras_distill.teachers import adapt


@pytest.fixture
def model():
    return keras.Sequential(
        [keras.Input((4, 4, 3)), keras.layers.Flatten(), keras.layers.Dense(5)], name="net"
    )


IMAGES = np.random.default_rng(0).random((6, 4, 4, 3)).astype("float32")


@pytest.mark.parametrize(
    "arguments, fed",
    [
        ({"input_scale": "[0, 255]"}, 255 * IMAGES),
        ({"input_scale": "[-1, 1]"}, 2 * IMAGES - 1),
        ({"input_scale": "[-0.5, 0.5]"}, IMAGES - 0.5),
        ({"channels": "bgr"}, IMAGES[..., ::-1]),
    ],
)
def test_the_model_inside_sees_its_own_convention(model, arguments, fed):
    adapted = adapt(model, **arguments)
    expected = model.predict(fed, verbose=0)
    np.testing.assert_allclose(adapted.predict(IMAGES, verbose=0), expected, rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize("mode, channels", [("torch", "rgb"), ("caffe", "bgr")])
def test_modes_equal_keras_applications(model, mode, channels):
    fed = keras.applications.imagenet_utils.preprocess_input(255 * IMAGES, mode=mode)
    adapted = adapt(model, input_scale=mode, channels=channels)
    expected = model.predict(fed, verbose=0)
    np.testing.assert_allclose(adapted.predict(IMAGES, verbose=0), expected, rtol=1e-4, atol=1e-3)


def test_class_map_picks_outputs_and_saves(model, tmp_path):
    adapted = adapt(model, input_scale="[0, 255]", channels="bgr", class_map=[4, 0, 2])
    expected = model.predict(255 * IMAGES[..., ::-1], verbose=0)[:, [4, 0, 2]]
    found = adapted.predict(IMAGES, verbose=0)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-4)
    adapted.save(tmp_path / "adapted.keras")
    loaded = keras.models.load_model(tmp_path / "adapted.keras")
    np.testing.assert_array_equal(loaded.predict(IMAGES, verbose=0), found)


def test_nothing_to_adapt_is_the_model_itself(model):
    assert adapt(model) is model
    assert adapt(model, class_map=[0, 1, 2, 3, 4]) is model


@pytest.mark.parametrize("class_map", [[0, 5], [-1, 0], [1, 1]])
def test_a_class_map_that_names_no_output_or_one_twice_is_refused(model, class_map):
    with pytest.raises(ValueError) as error:
        adapt(model, class_map=class_map)
    assert str(error.value) == (
        "`class_map` must name each output of the model at most once, 0 to 4. "
        f"Received: class_map={class_map}."
    )


def test_a_class_map_goes_with_dicts_of_token_ids(tmp_path):
    inputs = {name: keras.Input((4,), dtype="int32", name=name) for name in ("ids", "mask")}
    x = keras.layers.Embedding(9, 3)(inputs["ids"]) * keras.ops.expand_dims(inputs["mask"], -1)
    x = keras.layers.GlobalAveragePooling1D()(x)
    model = keras.Model(inputs, keras.layers.Dense(3)(x), name="text")
    fed = {"ids": np.arange(8).reshape(2, 4), "mask": np.ones((2, 4), "int32")}
    adapted = adapt(model, class_map=[2, 0, 1])
    wanted = model.predict(fed, verbose=0)[:, [2, 0, 1]]
    np.testing.assert_allclose(adapted.predict(fed, verbose=0), wanted, rtol=1e-6)
    adapted.save(tmp_path / "adapted.keras")
    loaded = keras.models.load_model(tmp_path / "adapted.keras")
    np.testing.assert_array_equal(loaded(fed), adapted(fed))
    with pytest.raises(ValueError) as error:
        adapt(model, input_scale="[0, 255]")
    assert str(error.value) == (
        "`input_scale` and `channels` are of one image input. Received: input_scale='[0, 255]', "
        "channels='rgb' for 'text' with 2 inputs. Leave them out; a class_map alone goes with any "
        "inputs."
    )

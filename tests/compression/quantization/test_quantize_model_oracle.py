"""The int8 model and its `.tflite` file against TF-MOT's own, on a tf_keras twin."""

import importlib.util
import pathlib

import keras
import numpy as np
import pytest

from keras_distill import _tfmot
from keras_distill.compression import quantize_model
from keras_distill.datasets import load
from keras_distill.export import to_tflite
from keras_distill.export.contents.tflite_contents import read
from keras_distill.predictors.tflite_file import TFLiteFile

_spec = importlib.util.spec_from_file_location("twin", pathlib.Path(__file__).with_name("twin.py"))
twin = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(twin)


def mlp(layers, make, start):
    image = start((12,), name="image")
    x = layers.Dense(16, activation="relu", name="hidden")(image)
    return make(image, layers.Dense(4, name="head")(x))


def plain(layers, make, start):
    image = start((8, 8, 1), name="image")
    x = layers.Conv2D(8, 3, activation="relu", name="conv_1")(image)
    x = layers.MaxPooling2D(2, name="pool")(x)
    x = layers.Conv2D(8, 3, padding="same", activation="relu", name="conv_2")(x)
    x = layers.Flatten(name="flatten")(x)
    x = layers.Dropout(0.2, name="dropout")(x)
    return make(image, layers.Dense(4, activation="softmax", name="head")(x))


def concatenated(layers, make, start):
    """All feed the Concatenate alone, in the order of depth: TF-MOT sorts its inputs so."""
    image = start((8, 8, 1), name="image")
    x = layers.Conv2D(8, 3, padding="same", use_bias=False, name="conv")(image)
    x = layers.BatchNormalization(name="norm")(x)
    x = layers.ReLU(name="relu")(x)
    a = layers.Conv2D(8, 3, padding="same", activation="relu", name="a")(x)
    b = layers.AveragePooling2D(3, 1, padding="same", name="b")(x)
    x = layers.Concatenate(name="concatenate")([a, b])
    x = layers.GlobalAveragePooling2D(name="average")(x)
    return make(image, layers.Dense(4, name="head")(x))


def dense_blocks(layers, make, start):
    """Concatenates whose inputs feed others too, as DenseNet's do."""
    image = start((8, 8, 1), name="image")
    x = layers.Conv2D(8, 3, padding="same", activation="relu", name="conv")(image)
    a = layers.Conv2D(8, 3, padding="same", activation="relu", name="a")(x)
    x = layers.Concatenate(name="concatenate_1")([x, a])
    b = layers.Conv2D(8, 3, padding="same", activation="relu", name="b")(x)
    x = layers.MaxPooling2D(3, 1, padding="same", name="pool")(x)
    x = layers.Concatenate(name="concatenate_2")([x, b])
    x = layers.Concatenate(name="concatenate_3")([x, image])
    x = layers.GlobalMaxPooling2D(name="maximum")(x)
    return make(image, layers.Dense(4, activation="sigmoid", name="head")(x))


SMALL = ("mlp", "plain", "residual", "separable", "concatenated", "dense_blocks")
DEEP = {"MobileNet": {"alpha": 0.25}, "MobileNetV2": {"alpha": 0.35}, "ResNet50": {}}


@pytest.fixture
def pair(build):
    """pair(name): our int8 model and TF-MOT's, of equal weights and ranges."""

    def make(name):
        keras.utils.set_random_seed(0)
        if name in DEEP:
            model, other = of_applications(name)
            twin.randomize(model)
            twin.settle(model, photographs(128))
        else:
            known = {one.__name__: one for one in (mlp, plain, concatenated, dense_blocks)}
            maker = known.get(name) or (lambda **given: build(name, **given))
            model = maker(layers=keras.layers, make=keras.Model, start=keras.Input)
            other = twin.keras_twin(maker)
            twin.randomize(model)
        twin.copy_weights(model, other)
        ours, theirs = quantize_model(model), twin.quantized_twin(other)
        ours(inputs(ours, 16), training=True)
        twin.set_ranges(ours)
        # Every quantizer of TF-MOT's has its counterpart, and ours has no other.
        assert twin.copy_ranges(ours, theirs) == ([], [])
        return ours, theirs

    return make


def of_applications(name):
    """A network of `keras.applications` in Keras 3 and in tf_keras."""
    _ = _tfmot.Pruning
    import tf_keras

    given = {"input_shape": (32, 32, 3), "weights": None, "classes": 4, **DEEP.get(name, {})}
    return [getattr(each.applications, name)(**given) for each in (keras, tf_keras)]


def photographs(count):
    """Real images, of three channels and 32 pixels: drawn ones look all alike to a deep network."""
    images = load(batch_size=count).train
    images = np.asarray(next(iter(images))[0])
    return np.repeat(np.pad(images, ((0, 0), (2, 2), (2, 2), (0, 0))), 3, axis=-1)


def inputs(model, count):
    return np.random.default_rng(1).random((count, *model.input_shape[1:]), dtype="float32")


@pytest.mark.parametrize("name", SMALL)
def test_fake_quantized_forward_equals_tfmots(name, pair):
    ours, theirs = pair(name)
    images = inputs(ours, 32)
    np.testing.assert_allclose(ours(images), theirs(images, training=False), atol=1e-6)


@pytest.mark.filterwarnings("ignore")
def test_int8_file_equals_tfmots(pair, tmp_path):
    ours, theirs = pair("plain")
    shape = ours.input_shape[1:]
    first = twin.int8_file(ours, shape, tmp_path / "ours.tflite")
    second = twin.int8_file(theirs, shape, tmp_path / "theirs.tflite")
    twin.assert_same_file(read(first), read(second))
    images = inputs(ours, 1000)
    np.testing.assert_array_equal(
        TFLiteFile(first).predict(images), TFLiteFile(second).predict(images)
    )


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", SMALL)
def test_exported_int8_file_equals_tfmots(name, pair, tmp_path):
    ours, theirs = pair(name)
    images = inputs(ours, 1000)
    np.testing.assert_allclose(ours(images), theirs(images, training=False), atol=1e-6)
    first = to_tflite(ours, tmp_path / "ours.tflite", recipe="int8")
    second = twin.int8_file(theirs, ours.input_shape[1:], tmp_path / "theirs.tflite")
    twin.assert_same_file(read(first.path), read(second))
    predictions = [TFLiteFile(path).predict(images) for path in (first.path, second)]
    np.testing.assert_array_equal(*predictions)
    assert np.mean(predictions[0].argmax(1) == np.asarray(ours(images)).argmax(1)) >= 0.99


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", DEEP)
def test_deep_network_and_its_int8_file_equal_tfmots(name, pair, tmp_path):
    ours, theirs = pair(name)
    images = photographs(1000)
    with twin.arithmetic_of_keras_3(theirs):
        outputs = ours.predict(images, verbose=0)
        np.testing.assert_allclose(outputs, theirs.predict(images, verbose=0), atol=1e-6)
    # What is compared differs from image to image.
    assert len(np.unique(outputs, axis=0)) > 500
    assert np.bincount(outputs.argmax(1)).max() < 900
    # Not by to_tflite: drawn ranges in a deep network fail its own check against the model.
    files = [twin.int8_file(model, images.shape[1:], tmp_path / f"{index}.tflite")
             for index, model in enumerate((ours, theirs))]  # fmt: skip
    twin.assert_same_file(*(read(file) for file in files))
    predictions = [TFLiteFile(file).predict(images) for file in files]
    np.testing.assert_array_equal(*predictions)
    assert len(np.unique(predictions[0], axis=0)) > 500


@pytest.mark.slow
def test_network_that_tfmot_refuses():
    """EfficientNet scales its input by a layer of its own; `test_efficientnet` has what we do."""
    _, other = of_applications("EfficientNetB0")
    with pytest.raises(RuntimeError, match="Layer rescaling:.*is not supported"):
        twin.quantized_twin(other)

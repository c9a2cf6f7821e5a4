"""Models with ranges from training, and the artefacts that several tests look at.

A conversion takes seconds, so each is made once.
"""

import json
import warnings

import keras
import numpy as np
import pytest

from keras_distill import export
from keras_distill.export.conversion import run_converter
from keras_distill.files import run_child


def convert_here(module, arguments, timeout):
    """What the child process does, without the seconds that it takes to start TensorFlow."""
    from keras_distill.export.conversion.convert import convert

    with warnings.catch_warnings():
        # The converter runs calibration data by an interpreter that says it will be gone.
        warnings.simplefilter("ignore", UserWarning)
        return json.loads(json.dumps(convert(**json.loads(json.dumps(arguments)))))


@pytest.fixture(scope="session", autouse=True)
def converted_here():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run_converter, "run_child", convert_here)
        yield


@pytest.fixture
def in_a_child(monkeypatch):
    monkeypatch.setattr(run_converter, "run_child", run_child)


@keras.saving.register_keras_serializable("export_tests")
class FakeQuantized(keras.layers.Layer):
    """Rounds what another layer gives, and that layer's kernel, to int8 in fixed ranges."""

    def __init__(self, layer=None, low=-8.0, high=8.0, **options):
        super().__init__(**options)
        self.layer, self.low, self.high = layer, low, high

    def build(self, shape):
        if self.layer is not None:
            self.layer.build(shape)

    def compute_output_shape(self, shape):
        return shape if self.layer is None else self.layer.compute_output_shape(shape)

    def call(self, x):
        import tensorflow as tf

        if self.layer is not None:
            kernel = tf.quantization.fake_quant_with_min_max_args(
                self.layer.kernel.value, -1.27, 1.27, narrow_range=True
            )
            with keras.StatelessScope(state_mapping=[(self.layer.kernel, kernel)]):
                x = self.layer(x)
        return tf.quantization.fake_quant_with_min_max_args(x, self.low, self.high)


def quantized_model():
    inputs = keras.Input((12, 12, 1))
    x = FakeQuantized(low=0.0, high=1.0)(inputs)
    x = FakeQuantized(keras.layers.Conv2D(6, 3, activation="relu", name="_conv"), 0.0, 6.0)(x)
    x = keras.layers.MaxPooling2D()(x)
    x = keras.layers.Flatten()(x)
    x = FakeQuantized(keras.layers.Dense(4, name="_dense"), -2.0, 2.0)(x)
    model = keras.Model(inputs, x, name="tiny")
    rng = np.random.default_rng(3)
    for layer in model.layers:
        if isinstance(layer, FakeQuantized) and layer.layer is not None:
            kernel = rng.normal(size=layer.layer.kernel.shape) * 0.3
            # Three in four are zero, as after pruning.
            kernel[rng.uniform(size=kernel.shape) < 0.75] = 0
            layer.layer.kernel.assign(np.clip(kernel, -1.2, 1.2))
    return model


def float_model():
    model = keras.Sequential(
        [
            keras.Input((12, 12, 1)),
            keras.layers.Conv2D(6, 3, name="_conv"),
            keras.layers.BatchNormalization(),
            keras.layers.ReLU(),
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Dense(4, activation="softmax"),
        ],
        name="small",
    )
    rng = np.random.default_rng(4)
    for variable in model.trainable_variables:
        variable.assign(rng.normal(size=variable.shape) * 0.5 + 0.2)
    return model


@pytest.fixture
def quantized():
    return quantized_model()


@pytest.fixture
def plain():
    return float_model()


@pytest.fixture(scope="session")
def pictures():
    """Noise, bright in one quarter: the untrained models choose firmly between such."""
    images = np.random.default_rng(5).uniform(size=(300, 12, 12, 1)).astype("float32")
    bright = np.full((4, 12, 12, 1), 0.05, "float32")
    for quarter in range(4):
        row, column = 6 * (quarter // 2), 6 * (quarter % 2)
        bright[quarter, row : row + 6, column : column + 6] = 1
    return images * bright[np.arange(300) % 4]


@pytest.fixture(scope="session")
def int8_artefact(tmp_path_factory, pictures):
    """int8 from ranges of training, compared on given examples."""
    path = tmp_path_factory.mktemp("int8") / "tiny.tflite"
    labels = ["shirt", "shoe", "bag", "coat"]
    return export.to_tflite(quantized_model(), path, "int8", samples=pictures, labels=labels)


@pytest.fixture(scope="session")
def float_artefact(tmp_path_factory):
    """float32, compared on generated examples."""
    return export.to_tflite(float_model(), tmp_path_factory.mktemp("float") / "small.tflite")


@pytest.fixture(scope="session")
def calibrated_artefact(tmp_path_factory, pictures):
    """int8 after training, calibrated."""
    path = tmp_path_factory.mktemp("calibrated") / "small.tflite"
    return export.to_tflite(float_model(), path, "int8", calibration_data=pictures[:100])


@pytest.fixture(scope="session")
def saved_model_artefact(tmp_path_factory, pictures):
    path = tmp_path_factory.mktemp("saved") / "small"
    return export.to_saved_model(float_model(), path, samples=pictures)

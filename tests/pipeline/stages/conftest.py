"""What a stage sees of a journey: configuration, data, models by name."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_distill.pipeline import Configuration
from keras_distill.pipeline.journey import Journey


def cnn(filters=8, seed=0):
    keras.utils.set_random_seed(seed)
    return keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            keras.layers.Conv2D(filters, 3),
            keras.layers.BatchNormalization(),
            keras.layers.ReLU(),
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Dense(2),
        ],
        name="cnn",
    )


def right_teacher():
    """Bright against dark images, by construction."""
    model = cnn()
    for layer in model.layers:
        layer.set_weights([np.zeros_like(w) if w.ndim > 1 else w for w in layer.get_weights()])
    kernel, bias = model.layers[0].get_weights()
    kernel[1, 1, 0, 0] = 1.0
    model.layers[0].set_weights([kernel, bias])
    dense, bias = model.layers[-1].get_weights()
    dense[0] = [-20.0, 20.0]
    model.layers[-1].set_weights([dense, np.array([10.0, -10.0])])
    return model


@pytest.fixture
def make_journey(tmp_path):
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 96).astype("int32")
    images = np.clip(
        0.3 + 0.4 * labels[:, None, None, None] + rng.normal(0, 0.05, (96, 8, 8, 1)), 0, 1
    )
    data = tf.data.Dataset.from_tensor_slices((images.astype("float32"), labels)).batch(32)

    def make(teacher=None, student=None, **values):
        short = {"epochs": 1}
        values = {
            "output": str(tmp_path / "run"),
            "student": {"width": 0.5},
            "distillation": short,
            "pruning": {**short, "epochs": 2},
            "quantization": short,
            "robustness": None,
            **values,
        }
        journey = Journey(
            Configuration(**values),
            teacher=right_teacher() if teacher is None else teacher,
            student=student,
            splits=(data, data, data),
        )
        for name in ("models", "artefacts"):
            (journey.folder / name).mkdir()
        journey.save("teacher", journey.given_teacher)
        journey.save("student_untrained", cnn(4, seed=1))
        return journey

    return make


@pytest.fixture
def cnn_maker():
    return cnn

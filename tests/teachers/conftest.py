"""A made-up picture task of three colour channels, and a teacher that solves it exactly."""

import keras
import numpy as np
import pytest


def pictures(n=400, classes=4, seed=0):
    """Each class is a colour; nothing but red against blue tells classes 0 and 1 apart."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, classes, n)
    colours = np.array([[0.8, 0.4, 0.2], [0.2, 0.4, 0.8], [0.6, 0.9, 0.3], [0.3, 0.9, 0.6]])
    images = colours[labels][:, None, None, :] + rng.normal(0, 0.03, (n, 4, 4, 3))
    return np.clip(images, 0, 1).astype("float32"), labels.astype("int32")


def matched_filter(input_scale=(1.0, 0.0), bgr=False, order=(0, 1, 2, 3)):
    """A teacher by construction: the nearest colour, in its own convention of an image."""
    colours = np.array([[0.8, 0.4, 0.2], [0.2, 0.4, 0.8], [0.6, 0.9, 0.3], [0.3, 0.9, 0.6]])
    colours = colours[list(order)]
    scale, offset = input_scale
    own = colours[:, ::-1] if bgr else colours
    # -|x - c|² = 2 x·c - |c|² - |x|², and |x|² is the same for every class.
    model = keras.Sequential(
        [
            keras.Input((4, 4, 3)),
            keras.layers.Rescaling(1.0 / scale, -offset / scale),
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Dense(4),
        ],
        name="filter",
    )
    model.layers[-1].set_weights([40 * own.T, -20 * (own**2).sum(-1)])
    return model


@pytest.fixture
def data():
    return pictures()


@pytest.fixture
def make_teacher():
    return matched_filter

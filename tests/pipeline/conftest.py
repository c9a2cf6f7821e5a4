"""A folder of pictures and a teacher that solves them, by construction."""

import keras
import numpy as np
import pytest

COLOURS = np.array([[0.8, 0.4, 0.2], [0.2, 0.4, 0.8], [0.6, 0.9, 0.3], [0.3, 0.9, 0.6]])
CLASSES = ("amber", "blue", "lime", "mint")
SIZE = 8


def write_pictures(folder, each=60):
    """Four class folders of PNG files; a class is a colour, an image a noisy patch of it."""
    from PIL import Image

    rng = np.random.default_rng(0)
    for name, colour in zip(CLASSES, COLOURS, strict=True):
        (folder / name).mkdir(parents=True)
        for i in range(each):
            image = np.clip(colour + rng.normal(0, 0.08, (SIZE, SIZE, 3)), 0, 1)
            Image.fromarray((255 * image).astype("uint8")).save(folder / name / f"{i:03}.png")
    return folder


def make_teacher(input_scale=(1.0, 0.0), bgr=False, order=(0, 1, 2, 3), filters=16):
    """A small CNN whose last layer picks the nearest colour, in its own convention."""
    scale, offset = input_scale
    colours = COLOURS[list(order)][:, ::-1] if bgr else COLOURS[list(order)]
    model = keras.Sequential(
        [
            keras.Input((SIZE, SIZE, 3)),
            keras.layers.Rescaling(1.0 / scale, -offset / scale),
            keras.layers.Conv2D(filters, 3, padding="same", use_bias=False),
            keras.layers.BatchNormalization(),
            keras.layers.ReLU(),
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Dense(4),
        ],
        name="colours",
    )
    # The first three filters hand the channels on; the others are there to be narrowed.
    kernel = np.zeros((3, 3, 3, filters))
    kernel[1, 1, range(3), range(3)] = 1.0
    model.layers[1].set_weights([kernel])
    dense = np.zeros((filters, 4))
    dense[:3] = 40 * colours.T
    model.layers[-1].set_weights([dense, -20 * (colours**2).sum(-1)])
    return model


@pytest.fixture
def pictures(tmp_path):
    return write_pictures(tmp_path / "pictures")


@pytest.fixture
def teacher_maker():
    return make_teacher

import numpy as np
import pytest


@pytest.fixture
def digits():
    """Three drawn glyphs, uint8: a seven, a ring and a cross, with grey pixels of their own."""
    rng = np.random.default_rng(0)
    images = np.zeros((3, 28, 28), "uint8")
    images[0, 5:8, 7:20] = 255
    for row in range(8, 23):
        images[0, row, 18 - row // 3 : 21 - row // 3] = rng.integers(100, 256, 3)
    rows, columns = np.mgrid[:28, :28]
    ring = np.abs(np.hypot(rows - 13.2, columns - 14.1) - 7)
    images[1] = np.clip(255 - 120 * ring, 0, 255).astype("uint8")
    images[2, 4:24, 12:15] = 200
    images[2, 12:16, 5:23] = rng.integers(1, 256, (4, 18))
    return images[..., None]


@pytest.fixture
def as_reference():
    """What MNIST-C stores of a float64 image in [0, 1]."""
    return lambda image: (np.clip(image, 0, 1) * 255).astype("float32").astype("uint8")

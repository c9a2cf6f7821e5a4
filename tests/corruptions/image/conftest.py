import hashlib

import numpy as np
import pytest


@pytest.fixture
def pixels_of():
    """The image that the fixtures were made from, at any size, as a batch of one."""

    def pixels(side, crop=(None, None)):
        h, w, c = np.mgrid[:side, :side, :3]
        q = side // 8
        image = (5 * h + 3 * w + 40 * c + ((h // q) * (w // q) * 7) % 97) % 256
        assert side != 224 or abs(image.mean() - 127.443984) < 1e-6
        return image.astype(np.uint8)[None, : crop[0], : crop[1]]

    return pixels


@pytest.fixture
def digest():
    def first_eight(made):
        return hashlib.sha256(made.tobytes()).hexdigest()[:8]

    return first_eight


@pytest.fixture
def same_however_batched():
    """Checks that an image's bytes are the same alone, in any order and in any block."""

    def check(kind, severities=(1, 3, 5), shapes=((64, 32, 32, 3), (64, 28, 41, 1))):
        for shape in shapes:
            images = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
            for given in (images, images / 255):
                for severity in severities:
                    corruption = kind(severity)
                    whole = corruption(given, seed=3)
                    order = np.random.default_rng(1).permutation(len(images))
                    shuffled = corruption(given[order], seed=3, indices=order)
                    np.testing.assert_array_equal(shuffled, whole[order])
                    for i in (0, 17, 63):
                        alone = corruption(given[i : i + 1], seed=3, indices=[i])
                        np.testing.assert_array_equal(alone[0], whole[i])

    return check

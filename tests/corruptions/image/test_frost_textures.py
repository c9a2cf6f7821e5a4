import hashlib
import time

import numpy as np
import pytest

from keras_distill.corruptions.image.frost_textures import frost_textures

# sha256 of our own textures: they are part of what a corrupted data set is.
DIGESTS = {0.2: "592fdb66", 0.3: "24217043", 1: "f9588461"}
# Grey means of frost1.png to frost5.jpg as imagecorruptions-imaug 1.1.5 ships them, and the mean
# standard deviation inside a crop of 32 pixels after shrinking to .2.
MEANS = (130.8, 206.9, 206.9, 151.9, 123.5)
DEVIATIONS = (14.5, 17.9, 17.9, 26.1, 35.1)


@pytest.mark.parametrize("scale, side", [(0.2, 128), (0.3, 192), (1, 640)])
def test_same_pictures_everywhere(scale, side):
    textures = frost_textures(scale, 3)
    assert textures.shape == (5, side, side, 3) and textures.dtype == np.uint8
    assert hashlib.sha256(textures.tobytes()).hexdigest()[:8] == DIGESTS[scale]
    assert textures is frost_textures(scale, 3)
    with pytest.raises(ValueError, match="read-only"):
        textures[0, 0, 0, 0] = 1


def test_brightness_and_contrast_are_near_the_references():
    grey = frost_textures(0.2, 1)[..., 0].astype("float64")
    np.testing.assert_allclose(grey.mean(axis=(1, 2)), MEANS, atol=2.0)
    places = np.random.default_rng(0).integers(0, 128 - 32, (200, 2))
    inside = [[g[y : y + 32, x : x + 32].std() for y, x in places] for g in grey]
    np.testing.assert_allclose(np.mean(inside, axis=1), DEVIATIONS, atol=1.5)


def test_opposite_borders_join():
    for texture in frost_textures(1, 1)[..., 0].astype("float64"):
        for axis in (0, 1):
            moved = np.roll(texture, 100, axis=axis)
            steps = np.abs(np.diff(moved, axis=axis)).mean(axis=1 - axis)
            # The seam lies between 99 and 100: no larger a step than between its neighbours.
            assert steps[99] < 1.25 * steps.max() and steps[99] < 2 * np.median(steps)


def test_grey_is_the_luma_of_the_colours():
    expected = frost_textures(0.3, 3) @ [0.299, 0.587, 0.114]
    np.testing.assert_allclose(frost_textures(0.3, 1)[..., 0], expected, atol=0.5 + 1e-9)


def test_ice_is_bluish():
    red, green, blue = np.moveaxis(frost_textures(0.2, 3).astype("float64"), -1, 0)
    assert red.mean() < green.mean() < blue.mean()


def test_drawing_takes_about_a_second():
    start = time.process_time()
    frost_textures.__wrapped__(0.2, 3)
    # Twice what a slow core needs.
    assert time.process_time() - start < 3.0

import colorsys

import numpy as np
import pytest

from keras_distill.corruptions.image.shifted_hsv import shifted_hsv


@pytest.fixture
def colours():
    some = np.random.default_rng(0).random((60, 3))
    # Black, grey, white, pure colours, and two channels that share the top or the bottom.
    edges = [(a, b, c) for a in (0.0, 0.5, 1.0) for b in (0.0, 0.5, 1.0) for c in (0.0, 0.5, 1.0)]
    return np.concatenate([some, edges])


@pytest.mark.parametrize(
    "gain, saturation, value", [(1, 0, 0), (0.3, 0, 0), (5, 0.1, 0), (1, 0, 0.3), (2, 0.2, -0.1)]
)
def test_by_the_standard_librarys_hsv(colours, gain, saturation, value):
    made = shifted_hsv(colours, gain=gain, saturation=saturation, value=value)
    for colour, changed in zip(colours, made, strict=True):
        h, s, v = colorsys.rgb_to_hsv(*colour)
        s, v = np.clip([s * gain + saturation, v + value], 0, 1)
        np.testing.assert_allclose(changed, colorsys.hsv_to_rgb(h, s, v), atol=1e-12)


def test_nothing_shifted_is_there_and_back(colours):
    np.testing.assert_allclose(shifted_hsv(colours), colours, atol=1e-12)

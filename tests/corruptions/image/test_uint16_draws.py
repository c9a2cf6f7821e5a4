import numpy as np

from keras_distill.corruptions.image.uint16_draws import uint16_draws


def generator():
    return np.random.Generator(np.random.Philox(key=3))


def test_four_a_word():
    words = np.random.Philox(key=3).random_raw(3)
    expected = [int(word) >> shift & 0xFFFF for word in words for shift in (0, 16, 32, 48)]
    made = uint16_draws(generator(), (3, 3, 1))
    assert made.shape == (3, 3, 1) and made.dtype == np.uint16
    assert made.ravel().tolist() == expected[:9]


def test_each_is_as_likely():
    from scipy.stats import chisquare

    made = uint16_draws(generator(), (256, 256, 8)).ravel()
    assert chisquare(np.bincount(made >> 8, minlength=256)).pvalue > 1e-3
    assert chisquare(np.bincount(made & 255, minlength=256)).pvalue > 1e-3

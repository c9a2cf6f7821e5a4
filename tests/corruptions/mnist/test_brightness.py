import numpy as np

from keras_distill.corruptions.mnist import Brightness


def test_half_is_added_and_cut_off():
    images = np.arange(256, dtype="uint8").repeat(28 * 28).reshape(256, 28, 28, 1)
    made = Brightness(1)(images, seed=0)
    # 0.5 is 127.5 grey levels.
    expected = [min(255, int(value + 127.5)) for value in range(256)]
    np.testing.assert_array_equal(made[:, 0, 0, 0], expected)
    assert (made == made[:, :1, :1]).all()
    assert not Brightness(1).random

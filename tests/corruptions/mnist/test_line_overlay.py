import numpy as np

from keras_distill.corruptions.mnist.line_overlay import line_overlay


def test_profile_of_a_level_line_by_hand():
    line = line_overlay(3.5, np.array([10.0]), 8.2, np.array([10.0]))[0, ..., 0]
    # Columns floor(3.5) to ceil(8.2) − 1, the brightness 1 + log(1 − d / 2.3) where positive.
    assert line.any(axis=0).nonzero()[0].tolist() == [3, 4, 5, 6, 7, 8]
    expected = {10: 1.0, 9: 1 + np.log(1 - 1 / 2.3), 11: 1 + np.log(1 - 1 / 2.3)}
    for row in range(28):
        np.testing.assert_allclose(line[row, 5], expected.get(row, 0.0))


def test_each_image_its_own_sloping_line():
    lines = line_overlay(0, np.array([2.0, 20.0]), 27, np.array([29.0, 20.0 - 13.5]))[..., 0]
    columns = np.arange(27)
    # Slope 1, and slope −½.
    np.testing.assert_allclose(lines[0, columns[:26] + 2, columns[:26]], 1.0)
    np.testing.assert_allclose(lines[1, 20 - columns[::2] // 2, columns[::2]], 1.0)
    np.testing.assert_allclose(lines[1, 19, 1], 1 + np.log(1 - 0.5 / 2.3))

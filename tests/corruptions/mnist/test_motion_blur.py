import numpy as np

from keras_distill.corruptions.mnist import MotionBlur


def test_mnist_c_draws_and_loop(digits):
    made = MotionBlur(1, rng="reference")(digits, seed=3)
    weights = np.exp(-(np.arange(21) ** 2) / 18.0)
    weights /= weights.sum()
    for i, image in enumerate(digits[..., 0].astype(float)):
        angle = np.deg2rad(np.random.RandomState(3 + i).uniform(-45, 45))
        expected = np.zeros((28, 28))
        for step, weight in enumerate(weights):
            down = int(np.ceil(step * np.sin(angle) - 0.5))
            right = int(np.ceil(step * np.cos(angle) - 0.5))
            rows = np.clip(np.arange(28) + down, 0, 27)
            columns = np.clip(np.arange(28) + right, 0, 27)
            expected += weight * image[np.ix_(rows, columns)]
        # Cut off to bytes, which rounding to 16 bits before lifts at most to the next one.
        difference = made[i, ..., 0] - np.floor(expected)
        assert np.isin(difference, [0, 1]).all() and (difference == 1).mean() < 0.05


def test_every_angle_smears_to_the_left():
    images = np.zeros((200, 28, 28, 1), "uint8")
    images[:, 14, 14] = 255
    made = MotionBlur(1)(images, seed=0)[..., 0]
    assert not made[:, :, 15:].any() and made[:, 14, 14].min() > 50
    heights = (made[:, :, 4:9].sum(axis=2) * np.arange(28)).sum(axis=1) / made[:, :, 4:9].sum(
        axis=(1, 2)
    )
    # Eight pixels away, 45 degrees are eight rows.
    assert heights.min() < 9 and heights.max() > 19

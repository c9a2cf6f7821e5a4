import numpy as np
from scipy.ndimage import gaussian_filter

from keras_distill.corruptions.mnist import GlassBlur


def blurred(image):
    # Rows are blurred into each other, columns are not.
    return gaussian_filter(image, (0.7, 0), mode="nearest", truncate=4.0)


def test_mnist_c_draws_and_loop(digits, as_reference):
    made = GlassBlur(1, rng="reference")(digits[:2], seed=3)
    for i, image in enumerate(digits[:2, ..., 0]):
        rng = np.random.RandomState(3 + i)
        grey = np.uint8(blurred(image / 255.0) * 255).tolist()
        for _ in range(2):
            for row in range(27, 1, -1):
                for column in range(27, 1, -1):
                    if rng.choice([True, False], 1)[0]:
                        right, down = rng.randint(-1, 1, size=2)
                        there = grey[row + down][column + right]
                        grey[row + down][column + right] = grey[row][column]
                        grey[row][column] = there
        expected = as_reference(blurred(np.array(grey, "uint8") / 255.0))
        np.testing.assert_array_equal(made[i, ..., 0], expected)


def test_true_swaps_keep_every_pixel(digits, monkeypatch):
    from keras_distill.corruptions.mnist import glass_blur

    monkeypatch.setattr(glass_blur, "_blurred", lambda images, sigma: images)
    for rng in ("fast", "reference"):
        made = GlassBlur(1, rng=rng)(digits, seed=0)
        for image, found in zip(digits, made, strict=True):
            # Cut off twice: a level may be lost, as one may be by the reference.
            np.testing.assert_allclose(np.sort(found, None), np.sort(image, None), atol=1)
        assert (made != digits).mean() > 0.1


def test_fast_draws_swap_half_and_each_neighbour_alike():
    corruption = GlassBlur(1)
    rngs = corruption.generators(0, range(40))
    shifts = np.stack([corruption.draw(None, 0.7, rng) for rng in rngs]).reshape(-1, 2)
    n = len(shifts)
    for right in (0, -1):
        for down in (0, -1):
            # An eighth each, and the half that is not swapped.
            expected = 0.125 + 0.5 * (right == down == 0)
            share = ((shifts == (right, down)).all(axis=1)).mean()
            assert abs(share - expected) < 3 * np.sqrt(expected * (1 - expected) / n)

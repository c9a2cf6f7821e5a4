import numpy as np

from keras_distill.corruptions.mnist import Fog


def plasma(rng, side=256, decay=1.4):
    """Diamond-square point by point, periodic: the middle of four corners, then of four sides."""
    heights = np.zeros((side, side))
    step, wibble = side, 100.0
    while step >= 2:
        half = step // 2
        corners = ((0, 0), (0, step), (step, 0), (step, step))
        sides = ((-half, 0), (half, 0), (0, -half), (0, half))
        # Where the new points lie in their cell, and which points around them count.
        for down, right, around in (
            (half, half, [(y - half, x - half) for y, x in corners]),
            (0, half, sides),
            (half, 0, sides),
        ):
            drawn = rng.uniform(-wibble, wibble, (side // step, side // step)) * wibble
            for (i, j), noise in np.ndenumerate(drawn):
                y, x = i * step + down, j * step + right
                near = [heights[(y + a) % side, (x + b) % side] for a, b in around]
                heights[y, x] = sum(near) / 4 + noise
        step, wibble = half, wibble / decay
    heights -= heights.min()
    return heights / heights.max()


def test_mnist_c_draws_and_loop(digits, as_reference):
    made = Fog(1, rng="reference")(digits[:1], seed=3)
    image = digits[0, ..., 0] / 255.0
    cloud = plasma(np.random.RandomState(3))[:28, :28]
    expected = (image + 3 * cloud) * image.max() / (image.max() + 3)
    difference = made[0, ..., 0] - as_reference(expected).astype(int)
    # Sums in another order: a level on the edge may fall.
    assert np.abs(difference).max() <= 1 and (difference != 0).mean() < 0.01


def test_fast_clouds_fill_as_much_as_the_references(digits):
    means = [
        Fog(1, rng=rng)(np.repeat(digits[:1], 60, axis=0), seed=0).mean(axis=(1, 2, 3))
        for rng in ("fast", "reference")
    ]
    # Three standard errors of the difference.
    error = np.sqrt(sum(m.var(ddof=1) / 60 for m in means))
    assert abs(means[0].mean() - means[1].mean()) < 3 * error


def test_black_stays_black():
    # Scaled back to the image's own maximum.
    assert not Fog(1)(np.zeros((2, 28, 28, 1)), seed=0).any()

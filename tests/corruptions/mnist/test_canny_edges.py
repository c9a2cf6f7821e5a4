import hashlib

import numpy as np
from scipy.ndimage import correlate, gaussian_filter

from keras_distill.corruptions.mnist import CannyEdges


def gradients(image):
    weight = gaussian_filter(np.ones((28, 28)), 1.0, mode="constant")
    smooth = gaussian_filter(image, 1.0, mode="constant") / weight
    kernel = np.outer([-1, 0, 1], [1, 2, 1])
    return correlate(smooth, kernel, mode="reflect"), correlate(smooth, kernel.T, mode="reflect")


def canny(image):
    """The textbook's loops: step across the edge in the gradient's direction, both ways."""
    down, right = gradients(image)
    strength = np.hypot(down, right)
    thin = np.zeros((28, 28), bool)
    for r in range(1, 27):
        for c in range(1, 27):
            if strength[r, c] < 0.1:
                continue
            far = max(abs(down[r, c]), abs(right[r, c]))
            y, x = down[r, c] / far, right[r, c] / far
            passed = []
            for sign in (1, -1):
                # The point one step away lies on a side of the square of neighbours.
                py, px = r + sign * y, c + sign * x
                y0, x0 = min(int(np.floor(py)), 26), min(int(np.floor(px)), 26)
                fy, fx = py - y0, px - x0
                value = (
                    strength[y0, x0] * (1 - fy) * (1 - fx)
                    + strength[y0, x0 + 1] * (1 - fy) * fx
                    + strength[y0 + 1, x0] * fy * (1 - fx)
                    + strength[y0 + 1, x0 + 1] * fy * fx
                )
                passed.append(value <= strength[r, c] + 1e-12)
            thin[r, c] = all(passed)
    # Grown from the strong pixels over touching ones.
    found = thin & (strength >= 0.2)
    while True:
        grown = found.copy()
        for dr in (-1, 0, 1):
            for dc in (-1, 0, 1):
                grown |= np.roll(found, (dr, dc), axis=(0, 1))
        grown &= thin
        if (grown == found).all():
            return found
        found = grown


def test_against_loops(digits):
    made = CannyEdges(1)(digits, seed=0)
    assert np.isin(made, [0, 255]).all()
    for image, found in zip(digits[..., 0], made[..., 0], strict=True):
        expected = canny(image / 255.0)
        # Exact ties of symmetric strokes may fall either way.
        assert ((found > 0) != expected).sum() <= 2 and 30 < expected.sum() < 200


def test_outline_of_a_square_by_hand():
    image = np.zeros((1, 28, 28, 1), "uint8")
    image[:, 8:20, 8:20] = 255
    made = CannyEdges(1)(image, seed=0)[0, ..., 0]
    # An edge between two pixels is as strong on both: inside and outside outline stay, where
    # the Gaussian's four pixels and Sobel's one do not reach a corner.
    assert (made[13:15, [7, 8, 19, 20]] == 255).all()
    assert (made[13:15, 10:18] == 0).all() and (made[:6] == 0).all()


def test_weak_edge_stays_only_beside_a_strong_one():
    image = np.zeros((2, 28, 28, 1))
    image[:, 4:24, 10:] = 0.05
    down, right = gradients(image[0, ..., 0])
    assert 0.1 < np.hypot(down, right)[14, 9] < 0.2
    # The other one grows stronger downwards.
    image[1, 4:24, 10:, 0] = np.linspace(0.05, 0.25, 20)[:, None]
    made = CannyEdges(1)(image, seed=0)[..., 0]
    assert not made[0].any() and (made[1, 6:20].any(axis=1)).all()


def test_edges_that_scikit_image_finds(digits):
    made = CannyEdges(1)(digits, seed=0)[..., 0] > 0
    # skimage.feature.canny of scikit-image 0.26.0 on the same three images.
    assert made.sum(axis=(1, 2)).tolist() == [61, 95, 76]
    digest = hashlib.sha256(made.astype("uint8").tobytes()).hexdigest()
    assert digest.startswith("cf50d32a7b717719")

"""An outline instead of a stroke."""

import dataclasses

import keras
import numpy as np

from keras_distill.corruptions.mnist.mnist_corruption import MnistCorruption


@keras.saving.register_keras_serializable(package="keras_distill.mnist")
@dataclasses.dataclass(frozen=True)
class CannyEdges(MnistCorruption):
    """Shows Canny's edges, white on black.

    Gaussian (σ 1) corrected at the border, Sobel, only pixels that are a maximum across the edge
    (interpolated between neighbours), and of those above 0.1 the connected ones that reach 0.2:
    what scikit-image's `canny` does by default. Nothing is drawn.

    Args:
        severity: 1, the only one.
        profile, rng: See `kd.corruptions.mnist.MnistCorruption`.

    Example:

    ```python
    digits = np.zeros((2, 28, 28, 1))
    digits[:, 6:22, 13:15] = 1.0
    corrupted = kd.corruptions.get("mnist_c/canny_edges", severity=1)(digits, seed=0)
    assert (corrupted != digits).any()
    ```

    Reference:
        Mu & Gilmer, 2019, https://arxiv.org/abs/1906.02337
    """

    name = "mnist_c/canny_edges"
    # Gradients that continue an edge, and that begin one.
    constants = {"mnist28": ((0.1, 0.2),)}

    def apply(self, images, constant, draws):
        from scipy.ndimage import correlate1d, gaussian_filter, label

        low, high = constant
        grey = images[..., 0].astype("float64")
        # As if outside there were nothing, not black.
        inside = gaussian_filter(np.ones(grey.shape[1:]), 1.0, mode="constant")
        smooth = gaussian_filter(grey, (0, 1.0, 1.0), mode="constant")
        smooth /= inside + np.finfo("float64").eps
        # Sobel's, by hand: SciPy's own would smooth along the batch too.
        down = correlate1d(correlate1d(smooth, [-1, 0, 1], axis=1), [1, 2, 1], axis=2)
        right = correlate1d(correlate1d(smooth, [-1, 0, 1], axis=2), [1, 2, 1], axis=1)
        strength = np.sqrt(down * down + right * right)
        edges = _is_maximum(strength, down, right) & (strength >= low)
        # Eight neighbours in the image, none in the next image.
        neighbours = np.zeros((3, 3, 3), int)
        neighbours[1] = 1
        parts, count = label(edges, neighbours)
        kept = np.zeros(count + 1, bool)
        kept[parts[edges & (strength >= high)]] = True
        return kept[parts][..., None].astype(images.dtype)


def _is_maximum(strength, down, right):
    """Where no point one step across the edge is stronger; never on the border."""
    _, height, width = strength.shape

    def moved(rows, columns):
        return strength[:, 1 + rows : height - 1 + rows, 1 + columns : width - 1 + columns]

    centre = moved(0, 0)
    down, right = down[:, 1:-1, 1:-1], right[:, 1:-1, 1:-1]
    steep = np.abs(down) > np.abs(right)
    larger = np.maximum(np.abs(down), np.abs(right))
    part = np.minimum(np.abs(down), np.abs(right)) / np.where(larger > 0, larger, 1.0)
    found = np.ones(centre.shape, bool)
    # A gradient along an axis has no diagonal part, so its side does not matter.
    falls = down * right >= 0
    for sign in (1, -1):
        diagonal = np.where(falls, moved(sign, sign), moved(-sign, sign))
        straight = np.where(steep, np.where(falls, moved(sign, 0), moved(-sign, 0)), moved(0, sign))
        found &= diagonal * part + straight * (1 - part) <= centre
    return np.pad(found, ((0, 0), (1, 1), (1, 1)))

"""A camera that moved towards its object."""

import dataclasses
import functools

import keras
import numpy as np

from keras_distill.corruptions.image.image_corruption import ImageCorruption

# Images of fewer pixels go through one matrix for all pixels, larger ones through one for each
# axis: the first is faster, but grows with the fourth power of the side.
SMALL = 2**13


@keras.saving.register_keras_serializable(package="keras_distill")
@dataclasses.dataclass(frozen=True)
class ZoomBlur(ImageCorruption):
    """Takes the mean of the image and of its enlargements about the middle.

    Last factor and step of the enlargements, by severity: 1.05, 1.1, 1.15, 1.2, 1.25 in
    steps of .01 for 32 and 64 pixels; 1.1 and 1.15 in steps of .01, 1.2 and 1.24 in steps of
    .02, 1.3 in steps of .03 for 224. As in the reference, factor 1 is one of them, and
    SciPy's zoom loses the last row or column of some enlargements at some sizes (of 36
    pixels, but neither 32, 64 nor 224) to a rounding error.

    Args:
        severity: 1 to 5.
        profile, rng: See `kd.corruptions.ImageCorruption`.

    Example:

    ```python
    corrupted = kd.corruptions.get("zoom_blur", severity=3)(np.full((2, 8, 8, 1), 0.4), seed=0)
    assert corrupted.shape == (2, 8, 8, 1)
    ```

    Reference:
        Hendrycks & Dietterich, 2019, https://arxiv.org/abs/1903.12261
    """

    name = "zoom_blur"
    # What the reference gives np.arange beside the 1 to start from.
    constants = {
        **dict.fromkeys(
            ("cifar32", "tiny64"),
            ((1.06, 0.01), (1.11, 0.01), (1.16, 0.01), (1.21, 0.01), (1.26, 0.01)),
        ),
        "imagenet224": ((1.11, 0.01), (1.16, 0.01), (1.21, 0.02), (1.26, 0.02), (1.31, 0.03)),
    }

    def apply(self, images, constant, draws):
        factors = tuple(np.arange(1, *constant).tolist())
        if self.rng == "reference":
            return np.stack([_mean_of_zooms(image.astype("float32"), factors) for image in images])
        number, height, width, channels = images.shape
        # A pixel's numbers in all images beside each other: each image's sums are its own.
        pixels = images.reshape(number, -1, channels).swapaxes(0, 1).reshape(height * width, -1)
        if height * width <= SMALL:
            pixels = _for_all_pixels(height, width, factors) @ pixels
        else:
            pixels = _axis_by_axis(pixels, height, width, factors)
        return pixels.reshape(-1, number, channels).swapaxes(0, 1).reshape(images.shape)


def _axis_by_axis(pixels, height, width, factors):
    order = np.arange(height * width)
    by_columns = order.reshape(height, width).T.reshape(-1)
    by_rows = order.reshape(width, height).T.reshape(-1)
    given = pixels.take(by_columns, axis=0).reshape(width, -1)
    total = pixels.reshape(height, -1).copy()
    for down, right in _for_each_axis(height, width, factors):
        zoomed = (right @ given).reshape(pixels.shape).take(by_rows, axis=0)
        total += down @ zoomed.reshape(height, -1)
    total /= len(factors) + 1
    return total


def _mean_of_zooms(image, factors):
    from scipy.ndimage import zoom

    total = np.zeros_like(image)
    for factor in factors:
        (crop_down, trim_down), (crop_right, trim_right) = (
            _crop_and_trim(side, factor) for side in image.shape[:2]
        )
        total += zoom(image[crop_down, crop_right], (factor, factor, 1), order=1)[
            trim_down, trim_right
        ]
    return (image + total) / (len(factors) + 1)


def _crop_and_trim(side, factor):
    """What is enlarged of a side, and what is kept of it then: the middle each time."""
    crop = int(np.ceil(side / factor))
    first, surplus = (side - crop) // 2, (round(crop * factor) - side) // 2
    return slice(first, first + crop), slice(surplus, surplus + side)


def _enlargement(side, factor):
    """(side, side) sparse: two-point interpolation, the first and the last point kept."""
    from scipy import sparse

    crop, trim = _crop_and_trim(side, factor)
    last, count = crop.stop - crop.start - 1, round((crop.stop - crop.start) * factor)
    at = np.arange(count)[trim] * (last / (count - 1))
    # What rounding has put past the last point is nothing to SciPy, and so to the reference.
    rows = np.arange(side)[at <= last]
    at = at[rows]
    before = np.minimum(at.astype(int), last - 1)
    weights = np.concatenate([1 - (at - before), at - before]).astype("float32")
    where = np.concatenate([rows, rows]), np.concatenate([before, before + 1]) + crop.start
    return sparse.csr_array((weights, where), (side, side))


@functools.lru_cache(maxsize=16)
def _for_all_pixels(height, width, factors):
    from scipy import sparse

    total = sparse.eye_array(height * width, dtype="float32", format="csr")
    for factor in factors:
        total = total + sparse.kron(
            _enlargement(height, factor), _enlargement(width, factor), "csr"
        )
    return (total / np.float32(len(factors) + 1)).astype("float32")


@functools.lru_cache(maxsize=16)
def _for_each_axis(height, width, factors):
    return [(_enlargement(height, factor), _enlargement(width, factor)) for factor in factors]

"""A scene bent as by heat or water."""

import dataclasses

import keras
import numpy as np

from keras_distill.corruptions.image.gaussian_matrix import gaussian_matrix
from keras_distill.corruptions.image.image_corruption import ImageCorruption
from keras_distill.corruptions.image.sample_bilinear import sample_bilinear

# The side in pixels that the constants are shares of; 244 is the reference's own slip.
SIDES = {"cifar32": 32, "tiny64": 64, "imagenet224": 244}


@keras.saving.register_keras_serializable(package="keras_distill")
@dataclasses.dataclass(frozen=True)
class ElasticTransform(ImageCorruption):
    """Moves three points of the image at random, then every pixel along a smooth field.

    (Size of the field, its smoothness, reach of the three points), by severity, as shares of
    a side: of 32 pixels (0, 0, .08), (.05, .2, .07), (.08, .06, .06), (.1, .04, .05),
    (.1, .03, .03); of 64 (0, 0, .08), (.05, .3, .06), (.1, .08, .06), (.1, .03, .03),
    (.16, .03, .02); of 244 (2, .7, .1), (2, .08, .2), (.05, .01, .02), (.07, .01, .02),
    (.12, .01, .02). So severity 1 of small images is an affine map alone, and severity is
    not monotone.

    Args:
        severity: 1 to 5.
        profile, rng: See `kd.corruptions.ImageCorruption`.

    Example:

    ```python
    corruption = kd.corruptions.get("elastic_transform", severity=3)
    corrupted = corruption(np.full((2, 8, 8, 1), 0.4), seed=0)
    assert corrupted.shape == (2, 8, 8, 1)
    ```

    Reference:
        Hendrycks & Dietterich, 2019, https://arxiv.org/abs/1903.12261; the field: Simard,
        Steinkraus & Platt, 2003, Best Practices for Convolutional Neural Networks
    """

    name = "elastic_transform"
    constants = {
        "cifar32": ((0, 0, 0.08), (0.05, 0.2, 0.07), (0.08, 0.06, 0.06), (0.1, 0.04, 0.05))
        + ((0.1, 0.03, 0.03),),
        "tiny64": ((0, 0, 0.08), (0.05, 0.3, 0.06), (0.1, 0.08, 0.06), (0.1, 0.03, 0.03))
        + ((0.16, 0.03, 0.02),),
        "imagenet224": ((2, 0.7, 0.1), (2, 0.08, 0.2), (0.05, 0.01, 0.02), (0.07, 0.01, 0.02))
        + ((0.12, 0.01, 0.02),),
    }

    def draw(self, image, constant, rng):
        reach = SIDES[self.profile_for(image[None])] * constant[2]
        moves = rng.uniform(-reach, reach, size=(3, 2)).astype("float32")
        field = (2, *image.shape[:2])
        if self.rng == "reference":
            return moves, rng.uniform(-1, 1, size=field)
        return moves, 2 * rng.random(field, dtype="float32") - 1

    def apply(self, images, constant, draws):
        size, sigma = (SIDES[self.profile_for(images)] * share for share in constant[:2])
        # The reference computes in float32 from here on, and so do its ties at the cut to bytes.
        planes = np.moveaxis(images, -1, 0).astype("float32", order="C")
        exact = "float64" if self.rng == "reference" else "float32"
        planes = sample_bilinear(planes, *_affine(images.shape[1:3], draws[0], exact), "mirror")
        if size and self.rng == "reference":
            planes = np.stack([_bent(*each, size, sigma) for each in zip(planes.swapaxes(0, 1), draws[1])], 1)
        elif size:
            height, width = images.shape[1:3]
            down = gaussian_matrix(height, sigma, "reflect", 3.0)
            right = gaussian_matrix(width, sigma, "reflect", 3.0) * np.float32(size)
            field = down @ draws[1] @ right.T
            x = field[:, 0] + np.arange(width, dtype="float32")
            y = field[:, 1] + np.arange(height, dtype="float32")[:, None]
            planes = sample_bilinear(planes, x, y, "reflect")
        return np.stack(list(planes), axis=-1)


def _affine(shape, moves, exact):
    """Where each pixel of the result comes from: x and y (n, height, width)."""
    height, width = shape
    side = max(1, min(shape) // 3)
    centre = np.float32(shape) // 2
    corners = centre + np.float32([[side, side], [side, -side], [-side, -side]])
    to = (corners + moves).astype("float64")
    by_x, by_y = (to[:, 1] - to[:, 2]) / (2 * side), (to[:, 0] - to[:, 1]) / (2 * side)
    start = to[:, 0] - by_x * corners[0, 0] - by_y * corners[0, 1]
    determinant = by_x[:, 0] * by_y[:, 1] - by_y[:, 0] * by_x[:, 1]
    with np.errstate(divide="ignore"):
        # A map onto a line has no inverse; zeros are what the reference then takes.
        inverse = np.where(determinant, 1 / determinant, 0.0)
    columns, rows = np.arange(width, dtype=exact), np.arange(height, dtype=exact)[:, None]
    found = []
    for along, across in ((by_y[:, 1], -by_y[:, 0]), (-by_x[:, 1], by_x[:, 0])):
        along, across = along * inverse, across * inverse
        offset = -along * start[:, 0] - across * start[:, 1]
        parts = np.stack([along, across, offset])[..., None, None].astype("float32").astype(exact)
        # One rounding to float32 for a product and its sum.
        row = (rows * parts[1] + parts[2]).astype("float32")
        found.append((columns * parts[0] + row).astype("float32").astype(exact))
    return found


def _bent(planes, noise, size, sigma):
    from scipy.ndimage import gaussian_filter, map_coordinates

    field = [
        (gaussian_filter(each, sigma, mode="reflect", truncate=3) * size).astype("float32")
        for each in noise
    ]
    y, x = np.mgrid[: planes.shape[1], : planes.shape[2]]
    where = np.stack([y + field[1], x + field[0]])
    return np.stack([map_coordinates(p, where, order=1, mode="reflect") for p in planes])

"""Images turned, sheared or scaled about their middle."""

import numpy as np


def affine_warp(images, matrices):
    """Warps each image by its own matrix; the middle of the image stays where it is.

    Bilinear; what lies outside the image is black.

    Args:
        images: `(n, height, width, channels)`, float.
        matrices: `(n, 2, 2)`: where the pixel at `(x, y)` from the middle comes from, in
            columns and rows.

    Returns:
        The warped images, float64.

    Example:

    ```python
    from keras_distill.corruptions.affine_warp import affine_warp

    images = np.random.default_rng(0).random((1, 5, 5, 1))
    upside_down = affine_warp(images, [[[-1, 0], [0, -1]]])
    np.testing.assert_allclose(upside_down[0], images[0, ::-1, ::-1])
    ```
    """
    n, height, width, _ = images.shape
    rows, columns = np.mgrid[:height, :width].astype("float64")
    rows -= (height - 1) / 2
    columns -= (width - 1) / 2
    a, b, c, d = np.asarray(matrices, "float64").reshape(n, 4).T[:, :, None, None]
    sources = [c * columns + d * rows + (height - 1) / 2, a * columns + b * rows + (width - 1) / 2]
    firsts, parts = [], []
    for source, side in zip(sources, (height, width), strict=True):
        # One black pixel on each side is all that a source outside can meet.
        source = np.clip(source, -1.0, side)
        first = np.minimum(np.floor(source), side - 1)
        parts.append((source - first)[..., None])
        firsts.append(first.astype(np.intp) + 1)
    padded = np.pad(images, ((0, 0), (1, 1), (1, 1), (0, 0))).astype("float64")
    row, column = firsts
    down, right = parts
    which = np.arange(n)[:, None, None]
    top = padded[which, row, column] * (1 - right) + padded[which, row, column + 1] * right
    row = row + 1
    bottom = padded[which, row, column] * (1 - right) + padded[which, row, column + 1] * right
    return top * (1 - down) + bottom * down

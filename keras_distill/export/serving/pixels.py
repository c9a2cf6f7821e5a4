"""Whether examples are what a phone hands over: whole numbers from 0 to 255."""

import numpy as np


def check_pixels(examples, names, what="samples"):
    """Raises unless the examples of these inputs are raw pixels.

    Args:
        examples: {input: array}.
        names: The inputs that take raw pixels.
        what: The argument's name, for errors.
    """
    for name in names:
        values = examples[name]
        low, high = float(values.min()), float(values.max())
        if low < 0 or high > 255 or not np.array_equal(values, np.rint(values)):
            raise ValueError(
                f"`{what}` has values from {low:g} to {high:g}, but the file takes raw pixels: "
                "whole numbers from 0 to 255. Give the images as they are before any "
                "preprocessing (of images in [0, 1]: `np.rint(255 * images)`)."
            )
        if high <= 1:
            raise ValueError(
                f"`{what}` has only zeros and ones, but the file takes raw pixels, from 0 to 255. "
                "Give the images as they are before any preprocessing (of images in [0, 1]: "
                "`np.rint(255 * images)`)."
            )

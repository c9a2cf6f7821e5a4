"""Raw pixels, and what is none."""

import re

import numpy as np
import pytest

from keras_distill.export.serving.pixels import check_pixels

MEND = (
    "Give the images as they are before any preprocessing (of images in [0, 1]: "
    "`np.rint(255 * images)`)."
)


@pytest.mark.parametrize(
    "values, message",
    [
        (
            [0.0, 0.5, 1.0],
            "`samples` has values from 0 to 1, but the file takes raw pixels: whole numbers from "
            f"0 to 255. {MEND}",
        ),
        (
            [-1.0, 1.0],
            "`samples` has values from -1 to 1, but the file takes raw pixels: whole numbers from "
            f"0 to 255. {MEND}",
        ),
        (
            [0.0, 256.0],
            "`samples` has values from 0 to 256, but the file takes raw pixels: whole numbers "
            f"from 0 to 255. {MEND}",
        ),
        (
            [0.0, 1.0],
            "`samples` has only zeros and ones, but the file takes raw pixels, from 0 to 255. "
            f"{MEND}",
        ),
    ],
)
def test_refused(values, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        check_pixels({"input": np.array(values)}, ["input"])


def test_pixels_pass_and_other_inputs_are_not_looked_at():
    check_pixels({"a": np.array([0.0, 255.0]), "b": np.array([-7.5])}, ["a"])

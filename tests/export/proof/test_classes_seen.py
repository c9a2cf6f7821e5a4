"""Sorted data are noticed, shuffled ones are not."""

import re
import warnings

import numpy as np
import pytest

from keras_distill.export.proof.classes_seen import check_classes
from keras_distill.export.serving.model_ends import End

TEN = (End("output", "o", (10,), "float32"),)


@pytest.mark.parametrize("one_hot", [False, True])
def test_sorted_by_class(one_hot):
    labels = np.repeat([0, 1], 250)
    labels = np.eye(10)[labels] if one_hot else labels
    message = (
        "`calibration_data`: of 10 classes the 500 examples taken show only 2 (0, 1). The ranges "
        "may not fit the others: shuffle the data."
    )
    with pytest.warns(UserWarning, match=f"^{re.escape(message)}$"):
        check_classes(labels, TEN)


@pytest.mark.parametrize(
    "labels",
    [
        None,
        np.arange(500) % 10,
        # Too few examples to show all.
        np.array([3, 3, 7, 1]),
        # No classes.
        np.random.default_rng(0).normal(size=500),
    ],
)
def test_nothing_to_say(labels):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_classes(labels, TEN)

"""from_arrays: outputs that no Keras model made."""

import re

import numpy as np
import pytest

from keras_distill.teachers import from_arrays


def test_kinds_by_value():
    assert from_arrays(np.array([[0.2, 0.8]])).output_kind == "probabilities"
    assert from_arrays(np.array([[-2.0, 3.0]])).output_kind == "logits"
    assert from_arrays(np.array([[0.2, 0.8]]), output_kind="logits").output_kind == "logits"


def test_rows_by_id():
    teacher = from_arrays(np.eye(3), sample_ids=np.array([30, 10, 20]))
    rows = teacher.source.find(np.array([10, 11, 30]))
    np.testing.assert_array_equal(rows, [1, -1, 0])
    np.testing.assert_array_equal(teacher.source.read(rows[[0, 2]], [])[1], np.eye(3)[[1, 0]])


@pytest.mark.parametrize(
    "outputs, ids, sentence",
    [
        (
            np.eye(3),
            np.array([1, 2]),
            "`sample_ids` must be one integer for each row of `outputs`. Received: sample_ids of "
            "shape (2,) and type int64 for outputs of shape (3, 3).",
        ),
        (
            np.eye(3),
            np.array([1, 2, 1]),
            "`sample_ids` must name each example once. Received: id 1 2 times.",
        ),
        (
            np.array([[np.nan, 1.0]]),
            None,
            "`outputs` must be numbers. Received: NaN among them.",
        ),
    ],
)
def test_refusals(outputs, ids, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        from_arrays(outputs, ids)

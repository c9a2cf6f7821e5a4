"""Golden outputs of both formats, and how far off they may be."""

import numpy as np
import pytest

from keras_distill.export.proof.check_golden import check_golden


class Doubling:
    """Stands in for an interpreter of two inputs, the sum of which it doubles."""

    def __init__(self, wrong=0.0):
        self.wrong, self.asked = wrong, []

    def get_signature_runner(self):
        return self

    def get_input_details(self):
        return {"a": {}, "b": {}}

    def get_output_details(self):
        return {"y": {}}

    def __call__(self, a, b):
        self.asked.append((a.shape, a.dtype.name, b.dtype.name))
        return {"y": 2 * (a + b) + (self.wrong if len(self.asked) == 2 else 0)}


def page(tolerance=0.5):
    """Two examples of two numbers each."""
    return {
        "format": 2,
        "inputs": [
            {"name": "a", "dtype": "float32", "shape": [2, 1], "values": [[1, 2], [3, 4]]},
            {"name": "b", "dtype": "int8", "shape": [2, 1], "values": [[0, 1], [0, 0]]},
        ],
        "outputs": [
            {
                "name": "y",
                "dtype": "float32",
                "shape": [2, 1],
                "values": [[2, 6], [6, 8]],
                "tolerance": tolerance,
            }
        ],
    }


def test_equal_outputs():
    interpreter = Doubling()
    assert check_golden(interpreter, page()) == ([], 2, 0.0)
    assert interpreter.asked == [((1, 2, 1), "float32", "int8")] * 2


def test_within_the_tolerance():
    assert check_golden(Doubling(wrong=0.25), page()) == ([], 2, 0.5)


@pytest.mark.parametrize("wrong, shown", [(0.75, "0.75"), (np.nan, "inf")])
def test_beyond_the_tolerance(wrong, shown):
    sentences, count, _ = check_golden(Doubling(wrong), page())
    assert count == 2 and sentences == [
        f"Its output 'y' differs from the golden one by {shown} on example 2 of 2; 0.5 is "
        "tolerated: it is not the model that was exported, or this processor computes otherwise."
    ]


def test_no_tolerance_is_equality():
    assert check_golden(Doubling(), page(tolerance=0))[0] == []
    assert len(check_golden(Doubling(wrong=1e-6), page(tolerance=0))[0]) == 1


class One(Doubling):
    def get_input_details(self):
        return {"x": {}}

    def __call__(self, x):
        return {"y": 2 * x}


def test_format_1():
    old = {
        "format": 1,
        "input": {"name": "x", "dtype": "int8", "shape": [2], "values": [[1, 2]]},
        "output": {"name": "y", "dtype": "int8", "shape": [2], "values": [[2, 5]]},
        "tolerance": 2,
    }
    assert check_golden(One(), old) == ([], 1, 0.5)


@pytest.mark.parametrize(
    "change, sentence",
    [
        ({"format": 3}, "its format is 3; 1 and 2 are known."),
        ({"outputs": [{"name": "y"}]}, "it lacks 'values'."),
    ],
)
def test_damaged(change, sentence):
    with pytest.raises(ValueError) as error:
        check_golden(Doubling(), page() | change)
    assert str(error.value) == sentence


def test_examples_of_unequal_number():
    damaged = page()
    damaged["outputs"][0]["values"].pop()
    with pytest.raises(ValueError, match=r"with \[1, 2\] examples, the model "):
        check_golden(Doubling(), damaged)

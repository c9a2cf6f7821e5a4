import keras
import numpy as np
import pytest

from keras_distill.schedules import Step


def test_worked_by_hand(behaves):
    behaves(
        Step([10, 20], [1.0, 0.5, 0.0]),
        [0, 9, 10, 19, 20, 10**6],
        [1.0, 1.0, 0.5, 0.5, 0.0, 0.0],
    )
    behaves(Step([1], [0.0, 3.0]), [0, 1], [0.0, 3.0])
    behaves(Step([], [2.0]), [0, 7], [2.0, 2.0])


def test_keras_own_changes_one_step_later():
    # What the docstring says of PiecewiseConstantDecay.
    theirs = keras.optimizers.schedules.PiecewiseConstantDecay([10], [1.0, 0.5])
    ours = Step([10], [1.0, 0.5])
    assert (float(theirs(10)), float(theirs(11))) == (1.0, 0.5)
    assert (float(ours(9)), float(ours(10))) == (1.0, 0.5)


def test_several_steps_at_once():
    np.testing.assert_array_equal(Step([2], [1.0, 0.5])(np.arange(4)), [1.0, 1.0, 0.5, 0.5])


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        (
            ([10, 10], [1.0, 0.5, 0.0]),
            "`boundaries` must increase from one to the next. Received: boundaries=[10, 10].",
        ),
        (
            ([10], [1.0]),
            "`values` must have one more element than `boundaries`. "
            "Received: 1 values for 1 boundaries.",
        ),
        (
            ([10], [1.0, -0.5]),
            "`values` must be numbers of 0 or more. Received: values=[1.0, -0.5].",
        ),
        (
            ([0.5], [1.0, 0.5]),
            "`boundaries` must be whole numbers of training steps, 1 or more. "
            "Received: boundaries=[0.5].",
        ),
        (
            ([0], [1.0, 0.5]),
            "`boundaries` must be whole numbers of training steps, 1 or more. "
            "Received: boundaries=[0].",
        ),
        (
            (10, [1.0, 0.5]),
            "`boundaries` must be a list. Received: boundaries=10.",
        ),
    ],
)
def test_refusals(arguments, sentence, refuses):
    refuses(lambda: Step(*arguments), sentence)

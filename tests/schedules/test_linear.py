import numpy as np
import pytest

from keras_distill.schedules import Linear


def test_worked_by_hand(behaves):
    # Ten steps from 1 to 0.2: 0.08 a step, beginning at step 5.
    behaves(
        Linear(1.0, 0.2, steps=10, begin_step=5),
        [0, 5, 6, 10, 14, 15, 16, 10**6],
        [1.0, 1.0, 0.92, 0.6, 0.28, 0.2, 0.2, 0.2],
    )
    behaves(Linear(0.0, 4.0, 1), [0, 1, 2], [0.0, 4.0, 4.0])


def test_end_is_held_to_the_last_bit():
    assert np.float32(Linear(0.9, 0.1, 7)(7)) == np.float32(0.1)


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        (
            (1.0, -0.5, 10),
            "`final_value` must be a number of 0 or more. Received: final_value=-0.5.",
        ),
        (
            (float("inf"), 0.5, 10),
            "`initial_value` must be a number of 0 or more. Received: initial_value=inf.",
        ),
        (
            (1.0, 0.5, 0),
            "`steps` must be a whole number of training steps, 1 or more. Received: steps=0.",
        ),
        (
            (1.0, 0.5, 10, -1),
            "`begin_step` must be a whole number of training steps, 0 or more. "
            "Received: begin_step=-1.",
        ),
    ],
)
def test_refusals(arguments, sentence, refuses):
    refuses(lambda: Linear(*arguments), sentence)

import math

import numpy as np
import pytest

from keras_distill.schedules import Cosine


def test_worked_by_hand(behaves):
    # From 8 to 2 in 12 steps; at a third of the way cos(60°) = 1/2: 2 + 6 · 3/4 = 6.5.
    behaves(
        Cosine(8.0, 2.0, steps=12, begin_step=3),
        [0, 3, 7, 9, 11, 15, 16, 10**6],
        [8.0, 8.0, 6.5, 5.0, 3.5, 2.0, 2.0, 2.0],
    )
    steps = list(range(0, 31, 5))
    rising = [0.3 - 0.3 * (1 + math.cos(math.pi * step / 30)) / 2 for step in steps]
    behaves(Cosine(0.0, 0.3, 30), steps, rising)


def test_end_is_held_to_the_last_bit():
    assert np.float32(Cosine(0.9, 0.1, 7)(7)) == np.float32(0.1)
    # A value that must not leave [0, 1] or fall below 0 does not.
    values = np.array(Cosine(1.0, 0.0, 1000)(np.arange(1100)))
    assert values.min() == 0.0 and values.max() == 1.0 and (np.diff(values) <= 0).all()


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        (
            (-1.0, 0.5, 10),
            "`initial_value` must be a number of 0 or more. Received: initial_value=-1.0.",
        ),
        (
            (1.0, "0", 10),
            "`final_value` must be a number of 0 or more. Received: final_value='0'.",
        ),
        (
            (1.0, 0.5, 2.5),
            "`steps` must be a whole number of training steps, 1 or more. Received: steps=2.5.",
        ),
        (
            (1.0, 0.5, 10, None),
            "`begin_step` must be a whole number of training steps, 0 or more. "
            "Received: begin_step=None.",
        ),
    ],
)
def test_refusals(arguments, sentence, refuses):
    refuses(lambda: Cosine(*arguments), sentence)

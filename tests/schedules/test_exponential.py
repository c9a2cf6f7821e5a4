import pytest

from keras_distill.schedules import Exponential


def test_worked_by_hand(behaves):
    # Halved every ten steps; after five 8/√2.
    behaves(
        Exponential(8.0, 0.5, 10, minimum=1.0),
        [0, 5, 10, 20, 30, 31, 10**6],
        [8.0, 5.656854249, 4.0, 2.0, 1.0, 1.0, 1.0],
    )
    behaves(Exponential(1.0, 0.1, 1), [0, 1, 3, 10**6], [1.0, 0.1, 0.001, 0.0])
    behaves(Exponential(0.3, 1, 5), [0, 100], [0.3, 0.3])


def value(name, given):
    return f"`{name}` must be a number of 0 or more. Received: {name}={given}."


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        ((-1, 0.5, 10), value("initial_value", -1)),
        ((1, 0.5, 10, -0.1), value("minimum", -0.1)),
        (
            (1, 0, 10),
            "`decay_rate` must be a number above 0 and at most 1. Received: decay_rate=0.",
        ),
        (
            (1, 1.5, 10),
            "`decay_rate` must be a number above 0 and at most 1. Received: decay_rate=1.5.",
        ),
        (
            (1, None, 10),
            "`decay_rate` must be a number above 0 and at most 1. Received: decay_rate=None.",
        ),
        (
            (1, 0.5, 0),
            "`decay_steps` must be a whole number of training steps, 1 or more. "
            "Received: decay_steps=0.",
        ),
        (
            (1, 0.5, 10, 2),
            "`minimum` must not be above `initial_value`. Received: initial_value=1, minimum=2.",
        ),
    ],
)
def test_refusals(arguments, sentence, refuses):
    refuses(lambda: Exponential(*arguments), sentence)

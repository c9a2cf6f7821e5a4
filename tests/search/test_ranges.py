"""Two ends or one number, inside of what the Distiller accepts."""

import pytest

from keras_distill.search.ranges import checked_range, is_searched


@pytest.mark.parametrize(
    "name, value, range_",
    [
        ("temperature", [1, 20], (1.0, 20.0)),
        ("temperature", 4, 4.0),
        ("student_loss_weight", (0, 1), (0.0, 1.0)),
        ("student_loss_weight", 0, 0.0),
        ("learning_rate", (1e-4, 1e-2), (1e-4, 1e-2)),
        ("distillation_loss_weights", (0.1, 100), (0.1, 100.0)),
    ],
)
def test_accepted(name, value, range_):
    assert checked_range(name, value) == range_


@pytest.mark.parametrize(
    "name, value",
    [
        ("temperature", (0, 20)),
        ("temperature", (20, 1)),
        ("temperature", (4, 4)),
        ("temperature", (1, 2, 3)),
        ("temperature", ("1", 2)),
        ("temperature", True),
        ("temperature", None),
        ("temperature", (1, float("nan"))),
        ("student_loss_weight", (0, 1.5)),
        ("student_loss_weight", -0.1),
        ("learning_rate", 0),
        ("learning_rate", (1e-4, float("inf"))),
        ("distillation_loss_weights", (0, 1)),
    ],
)
def test_refused(name, value):
    with pytest.raises(ValueError) as caught:
        checked_range(name, value)
    words = {
        "temperature": "above 0 and at most 1000",
        "student_loss_weight": "from 0 to 1",
        "learning_rate": "above 0 and at most 10",
        "distillation_loss_weights": "above 0 and at most 1000000",
    }[name]
    assert str(caught.value) == (
        f"`{name}` must be two numbers {words}, the lower one first, to search between, or one "
        f"number to keep. Received: {name}={value!r}."
    )


def test_two_ends_are_searched_and_a_number_is_kept():
    assert is_searched(checked_range("temperature", [1, 20]))
    assert not is_searched(checked_range("temperature", 4)) and not is_searched(None)

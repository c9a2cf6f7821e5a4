"""The first trial: the Distiller's own values, the nearest end, or what was asked for."""

import pytest

from keras_distill.search.default_point import default_point
from keras_distill.search.loss_choices import LossChoices

RANGES = {
    "temperature": (1.0, 20.0),
    "student_loss_weight": 0.25,
    "learning_rate": (1e-4, 1e-2),
    "dist_weight": (2.0, 10.0),
}
LOSSES = LossChoices(["soft_targets", ["soft_targets", "dist"]])


def test_the_distillers_own_values_or_the_nearest_end():
    assert default_point(LOSSES, RANGES, {}) == {
        "distillation_loss": "soft_targets",
        "temperature": 4.0,
        "student_loss_weight": 0.25,
        "learning_rate": 1e-3,
        "dist_weight": 2.0,
    }
    narrow = default_point(LOSSES, {**RANGES, "temperature": (1.0, 3.0)}, {})
    assert narrow["temperature"] == 3.0


def test_another_point():
    point = default_point(
        LOSSES, RANGES, {"temperature": 2, "distillation_loss": "soft_targets+dist"}
    )
    assert point["temperature"] == 2 and point["distillation_loss"] == "soft_targets+dist"


@pytest.mark.parametrize(
    "name, value, expected",
    [
        ("temperature", 30, "from 1 to 20, the range searched"),
        ("temperature", "4", "from 1 to 20, the range searched"),
        ("student_loss_weight", 0.5, "left out: 0.25 is kept in every trial"),
        ("distillation_loss", "dist", "one of 'soft_targets', 'soft_targets+dist'"),
    ],
)
def test_a_point_outside(name, value, expected):
    with pytest.raises(ValueError) as caught:
        default_point(LOSSES, RANGES, {name: value})
    assert str(caught.value) == (
        f"`default` is the point that is tried first. Expected `{name}` to be {expected}. "
        f"Received: {value!r}."
    )


def test_an_unknown_name():
    with pytest.raises(ValueError) as caught:
        default_point(LOSSES, RANGES, {"weight": 1.0})
    assert str(caught.value) == (
        "`default` holds values of what is searched: distillation_loss, temperature, "
        "student_loss_weight, learning_rate, dist_weight. Received the unknown name 'weight'."
    )

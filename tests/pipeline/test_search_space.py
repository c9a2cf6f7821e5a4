"""From the section to the ranges: what stands under `distillation` is tried first."""

import pytest

from keras_distill.pipeline import Configuration, TransferConfiguration
from keras_distill.pipeline.search_space import search_space


def space(search, **distillation):
    configuration = Configuration(distillation=distillation, search=search)
    return search_space(configuration, configuration.search)


def test_everything_left_out():
    assert space({}) == {
        "temperature": (1.0, 20.0),
        "student_loss_weight": (0.0, 1.0),
        "learning_rate": (1e-4, 1e-2),
        "distillation_losses": ["soft_targets"],
        "distillation_loss_weights": (0.1, 10.0),
        "default": {"temperature": 4.0, "student_loss_weight": 0.1, "learning_rate": 0.001},
    }


def test_null_keeps_what_stands_under_distillation():
    found = space({"temperature": None, "loss_weights": None}, temperature=2.5)
    assert found["temperature"] == 2.5 and "temperature" not in found["default"]
    assert found["distillation_loss_weights"] == 1.0


def test_losses():
    found = space({"losses": ["dist", ["soft_targets", "dist"]]})
    assert found["distillation_losses"] == ["dist", ["soft_targets", "dist"]]
    assert found["default"]["distillation_loss"] == "dist"
    named = space({"losses": ["dist", ["soft_targets", "dist"]]}, losses=["soft_targets", "dist"])
    assert named["default"]["distillation_loss"] == "soft_targets+dist"
    assert space({}, losses=["soft_targets", "dist"])["distillation_losses"] == [
        ["soft_targets", "dist"]
    ]
    assert "temperature" not in space({"losses": ["logit_matching"]})["default"]


@pytest.mark.parametrize(
    "search, distillation, sentence",
    [
        (
            {"temperature": [5.0, 20.0]},
            {},
            "`search.temperature` must hold `distillation.temperature`, which is tried first to "
            "compare with. Received: [5.0, 20.0] and 4.0. Widen the one, or change the other.",
        ),
        (
            {"losses": ["dist"]},
            {"losses": ["soft_targets"]},
            "`search.losses` must hold `distillation.losses`, which is tried first to compare "
            "with. Received: ['dist'] and ['soft_targets'].",
        ),
    ],
)
def test_what_stands_there_is_not_searched(search, distillation, sentence):
    with pytest.raises(ValueError) as caught:
        space(search, **distillation)
    assert str(caught.value) == sentence


def test_a_loss_that_does_not_exist():
    with pytest.raises(ValueError, match="no loss of the name 'soft_target' in kd.losses. Did you"):
        space({"losses": ["soft_target"]})


def test_no_distillation():
    configuration = TransferConfiguration(distillation=None, fine_tuning={}, search={})
    with pytest.raises(ValueError) as caught:
        search_space(configuration, configuration.search)
    assert str(caught.value) == (
        "`keras-distill search` finds the values of `distillation`. Received: a configuration with "
        "`distillation: null`. Leave that out, or give it epochs."
    )

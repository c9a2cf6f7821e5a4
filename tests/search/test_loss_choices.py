"""Alternatives by name; losses made anew for each trial, at its temperature."""

import keras
import numpy as np
import pytest

import keras_distill as kd
from keras_distill.search.loss_choices import LossChoices


def test_one_loss_is_one_alternative():
    for given in ("soft_targets", "SoftTargets", ["soft_targets"], kd.losses.SoftTargets()):
        choices = LossChoices(given)
        assert choices.labels == choices.with_temperature() == ["soft_targets"]
        assert choices.weighted_terms() == {} and choices.default_temperature() == 4.0


def test_alternatives_and_losses_together():
    choices = LossChoices(
        [
            "logit_matching",
            ["dist", kd.losses.FeatureHint("a", "b"), kd.losses.FeatureHint("c", "d")],
            ["soft_targets", "feature_hint"][:1] + [kd.losses.FeatureHint("a", "b")],
        ]
    )
    together = "dist+feature_hint+feature_hint_2"
    assert choices.labels == ["logit_matching", together, "soft_targets+feature_hint"]
    assert choices.with_temperature() == choices.labels[1:]
    assert choices.weighted_terms() == {
        "feature_hint": choices.labels[1:],
        "feature_hint_2": [together],
    }
    assert choices.terms(together) == ["dist", "feature_hint", "feature_hint_2"]
    # DIST's own, the first that has one.
    assert choices.default_temperature() == 1.0


def test_alternatives_of_one_class_are_numbered():
    choices = LossChoices([kd.losses.SoftTargets(), kd.losses.SoftTargets(divergence="reverse_kl")])
    assert choices.labels == ["soft_targets", "soft_targets:2"]
    assert choices.make("soft_targets:2", 3.0)[0].divergence == "reverse_kl"


def test_each_trial_has_losses_of_its_own_at_its_temperature():
    given = kd.losses.SoftTargets(temperature=9.0, standardize=True)
    choices = LossChoices([[given, kd.losses.FeatureHint("a", "b", seed=0)]])
    label = choices.labels[0]
    first, second = choices.make(label, 2.0), choices.make(label)
    assert [loss.temperature for loss in (first[0], second[0], given)] == [2.0, 9.0, 9.0]
    assert first[0].standardize
    first[1](np.ones((2, 3), "float32"), np.ones((2, 4), "float32"))
    assert first[1].built and not second[1].built


def test_a_temperature_that_is_a_schedule_is_kept_where_none_is_searched():
    loss = kd.losses.SoftTargets(temperature=kd.schedules.Linear(8.0, 2.0, 100))
    choices = LossChoices(loss)
    assert callable(choices.make("soft_targets")[0].temperature)
    assert choices.default_temperature() == 4.0


@pytest.mark.parametrize("empty", [[], ["soft_targets", []]])
def test_no_loss(empty):
    with pytest.raises(ValueError) as caught:
        LossChoices(empty)
    assert str(caught.value) == (
        "`distillation_losses` must hold at least one loss. Received: "
        f"distillation_losses={empty!r}. Leave it out for 'soft_targets'."
    )


def test_what_is_no_loss():
    with pytest.raises(TypeError) as caught:
        LossChoices([keras.losses.KLDivergence])
    assert str(caught.value) == (
        "`distillation_losses` must hold names such as 'soft_targets', or losses of kd.losses. "
        f"Received: {keras.losses.KLDivergence!r} of type type."
    )

"""A loss by name: each class both ways, and a sentence for every name that is none."""

import inspect
import pathlib

import pytest

import keras_distill as kd
from keras_distill.losses.loss_by_name import loss_by_name


@pytest.mark.parametrize("name", ["soft_targets", "SoftTargets"])
def test_both_ways_of_writing(name):
    loss = loss_by_name(name, temperature=2.5)
    assert type(loss) is kd.losses.SoftTargets and loss.temperature == 2.5


def test_arguments_that_a_loss_does_not_take_are_left_out():
    loss = loss_by_name("logit_matching", temperature=2.5)
    assert type(loss) is kd.losses.LogitMatching
    assert "temperature" not in inspect.signature(type(loss)).parameters


def test_the_name_of_an_abbreviation_is_its_file():
    assert type(loss_by_name("dist")) is kd.losses.DIST


def test_a_typing_error_is_answered_by_the_name_that_was_meant():
    with pytest.raises(ValueError) as caught:
        loss_by_name("soft_target")
    beginning = (
        "There is no loss of the name 'soft_target' in kd.losses. Did you mean 'soft_targets'? "
        "Expected one of: attention_"
    )
    assert str(caught.value).startswith(beginning)
    # The others change with the room; every one of them is a name.
    for name in str(caught.value).removesuffix(".").rsplit(": ", 1)[1].split(", "):
        assert (pathlib.Path(kd.losses.__file__).parent / f"{name}.py").exists(), name


def test_classes_to_subclass_are_no_names():
    with pytest.raises(ValueError, match="There is no loss of the name 'DistillationLoss'"):
        loss_by_name("DistillationLoss")


def test_a_loss_that_needs_layers_says_so():
    with pytest.raises(ValueError) as caught:
        loss_by_name("feature_hint")
    assert str(caught.value) == (
        "FeatureHint needs `teacher_layer_name` and `student_layer_name`, which a name alone does "
        "not say. In Python, pass kd.losses.FeatureHint(...) itself."
    )

"""The Distiller's own arguments, each refusal by its whole sentence."""

import re

import keras
import pytest

from keras_distill.distillation import Distiller
from keras_distill.distillation.arguments import (
    checked_losses,
    checked_model,
    checked_weight,
    checked_weights,
    layer_paths,
)
from keras_distill.losses import DistillationLoss, FeatureHint, ReviewDistillation, SoftTargets


class Unregistered(DistillationLoss):
    def call(self, teacher_outputs, student_outputs):
        return keras.ops.mean(keras.ops.abs(teacher_outputs - student_outputs), axis=-1)


def test_defaults():
    (loss,) = checked_losses(None)
    assert isinstance(loss, SoftTargets) and checked_weights(None, [loss]) == [1.0]


def test_kerass_default_becomes_soft_targets_with_one_warning():
    with pytest.warns(UserWarning, match="^The number changes: ") as seen:
        (loss,) = checked_losses(keras.distillation.LogitsDistillation(temperature=2.0))
    assert len(seen) == 1 and isinstance(loss, SoftTargets) and loss.temperature == 2.0
    explicit = keras.distillation.LogitsDistillation(2.0, keras.losses.KLDivergence())
    assert checked_losses(explicit) == [explicit]


def test_paths_of_all_losses_once_each():
    losses = [
        SoftTargets(),
        FeatureHint("a/b", "c"),
        ReviewDistillation(["a/b", "d"], ["e", "f"]),
    ]
    assert layer_paths(losses, "teacher") == ["a/b", "d"]
    assert layer_paths(losses, "student") == ["c", "e", "f"]


@pytest.mark.parametrize(
    "call, kind, sentence",
    [
        (
            lambda: checked_losses([]),
            ValueError,
            "`distillation_losses` must hold at least one loss. Received: an empty list. Leave it "
            "out for kd.losses.SoftTargets().",
        ),
        (
            lambda: checked_losses("kl"),
            TypeError,
            "`distillation_losses` must be objects of kd.losses or keras.distillation. Received: "
            "'kl' of type str.",
        ),
        (
            lambda: checked_weights([1.0, 2.0], [SoftTargets()]),
            ValueError,
            "`distillation_loss_weights` must have one weight for each distillation loss. "
            "Received: 2 weights for 1 losses.",
        ),
        (
            lambda: checked_weight("distillation_loss_weights", -1, None),
            ValueError,
            "`distillation_loss_weights` must be a number of 0 or more, or a function of the step. "
            "Received: -1.",
        ),
        (
            lambda: checked_weight(
                "student_loss_weight",
                keras.optimizers.schedules.PiecewiseConstantDecay([500], [0.5, -0.25]),
                1.0,
            ),
            ValueError,
            "`student_loss_weight` must be a number between 0 and 1 at every step. Received: "
            "PiecewiseConstantDecay, which is -0.25 at step 1000. Change its values, or end it "
            "earlier.",
        ),
        (
            lambda: checked_model("student", "student.keras", keras.Model),
            TypeError,
            "`student` must be one keras.Model. Received: student='student.keras' of type str.",
        ),
    ],
)
def test_refusals(call, kind, sentence):
    with pytest.raises(kind, match=f"^{re.escape(sentence)}$"):
        call()


def test_a_custom_loss_that_nobody_registered(build, tmp_path):
    Distiller(build("t"), build("s"), Unregistered()).save(tmp_path / "d.keras")
    sentence = (
        "The saved Distiller's `distillation_losses` holds a class that is not registered. "
        "Received: 'Unregistered'. Put @keras.saving.register_keras_serializable() above it and "
        "import it before loading, or pass load_model(..., custom_objects={'Unregistered': "
        "Unregistered})."
    )
    # As another process would find it: without the module that the class was written in.
    archive = tmp_path / "d.keras"
    rewritten = tmp_path / "elsewhere.keras"
    import zipfile

    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(rewritten, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "config.json":
                content = content.replace(Unregistered.__module__.encode(), b"somebody.elses")
            new.writestr(name, content)
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        keras.models.load_model(rewritten)
    keras.models.load_model(archive, custom_objects={"Unregistered": Unregistered})

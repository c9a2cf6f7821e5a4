"""The student under a teacher that runs once, its outputs on disk."""

import json

from keras_distill.pipeline import TransferConfiguration
from keras_distill.pipeline.transfer import distillation


def test_the_teachers_outputs_are_kept(trained):
    manifest = json.loads((trained.folder / "teacher_outputs" / "manifest.json").read_text())
    assert manifest["complete"] and manifest["made_by"]["teacher_inputs"] == ["words"]


def test_the_distilled_student_is_a_plain_model(trained):
    model = trained.fresh("distilled")
    assert type(model).__name__ == "Functional"
    assert model.count_params() == trained.fresh_student().count_params()


def test_null_leaves_it_out():
    configuration = TransferConfiguration(distillation=None, fine_tuning={})
    assert not distillation.wanted(configuration)

"""StoredTeacher: what comes with the batch, or a sentence."""

import re

import pytest

from keras_distill.distillation import Distiller
from keras_distill.distillation.stored_teacher import StoredTeacher
from keras_distill.losses import FeatureHint
from keras_distill.teachers import Precomputed


def test_hands_on_what_was_attached():
    teacher = StoredTeacher(Precomputed((4,), output_kind="logits"), [])
    assert teacher.run(None, {"features": {}, "outputs": "o"}) == ({}, "o")
    assert teacher.kind() == "logits" and teacher.symbolic()["outputs"].shape == (None, 4)
    assert teacher.trace(None, teacher.symbolic())[1].shape == (None, 4)


def test_batches_without_outputs(build, data, cross_entropy):
    distiller = Distiller(Precomputed((4,), output_kind="logits"), build("s"))
    distiller.compile("sgd", cross_entropy)
    sentence = (
        "This Distiller's teacher is precomputed: its outputs come with the batches. Received: a "
        "batch without them. Pass kd.teachers.attach(data, directory) instead of the data."
    )
    with pytest.raises(ValueError, match=re.escape(sentence)):
        distiller.fit(*data, verbose=0)


def test_layers_that_were_not_kept(build):
    with pytest.raises(ValueError, match=r"^A distillation loss compares a teacher layer that was"):
        Distiller(Precomputed((4,)), build("s"), FeatureHint("stage", "feature"))

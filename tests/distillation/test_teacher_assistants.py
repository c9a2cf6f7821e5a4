"""teacher_assistants: each model learns from the one before it."""

import pytest

from keras_distill.distillation import teacher_assistants
from keras_distill.losses import SoftTargets


def test_the_chain(build, data):
    models, links = [build("t", 16), build("a", 8), build("s", 4)], []

    def train(distiller):
        links.append((distiller.teacher, distiller.student, distiller.distillation_losses[0]))
        distiller.compile("sgd")
        distiller.fit(data[0], verbose=0)

    students = teacher_assistants(
        models[0],
        models[1:],
        train,
        distillation_losses=lambda: SoftTargets(2.0),
    )
    assert students == models[1:]
    assert [link[:2] for link in links] == [(models[0], models[1]), (models[1], models[2])]
    assert links[0][2] is not links[1][2]


def test_nobody_to_train(build):
    sentence = r"^`students` must hold the assistants and the student\. Received: an empty list\.$"
    with pytest.raises(ValueError, match=sentence):
        teacher_assistants(build("t"), [], lambda distiller: None)

"""The student before training."""

import types

import pytest

from keras_distill.pipeline import TransferConfiguration
from keras_distill.pipeline.transfer import student


def test_the_architecture_for_the_words_of_the_data(trained):
    model = trained.fresh_student()
    assert model.get_layer("embedding").output.shape[-1] == 4
    assert model.input_shape == (None, 10) and model.output_shape == (None, 2)
    assert trained.records["student"]["results"] == {"parameters": model.count_params()}


def test_layers_of_several_teachers_are_refused(trained):
    journey = types.SimpleNamespace(
        configuration=TransferConfiguration(
            teachers=[{"preset": "a"}, {"preset": "b"}], student={"layers": [0]}
        ),
        teacher_names=["teacher_1", "teacher_2"],
    )
    with pytest.raises(ValueError) as error:
        student.run(journey)
    assert str(error.value) == (
        "`student.layers` takes layers of the teacher. Received: 2 teachers. Name an architecture "
        "instead, or one teacher."
    )

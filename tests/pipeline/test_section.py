"""A section refuses what it does not know, and stays as it was."""

import pydantic
import pytest

from keras_distill.pipeline.section import Epochs, LearningRate, Section, Share


class Training(Section):
    epochs: Epochs = 3
    learning_rate: LearningRate = 0.1
    weight: Share = 0.5


@pytest.mark.parametrize(
    "values",
    [
        {"epoch": 3},
        {"epochs": 0},
        {"epochs": "3"},
        {"learning_rate": 0.0},
        {"learning_rate": float("nan")},
        {"weight": 1.1},
    ],
)
def test_refused(values):
    with pytest.raises(pydantic.ValidationError):
        Training(**values)


def test_it_cannot_be_changed():
    made = Training(epochs=5)
    with pytest.raises(pydantic.ValidationError):
        made.epochs = 6
    assert made.epochs == 5

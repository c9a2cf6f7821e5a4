"""loss_from_config: what a config may leave out or change, and how it is told."""

import re

import keras
import pytest
from keras import ops

from keras_distill import losses
from keras_distill.testing import check_distillation_loss
from keras_distill.testing.loss_from_config import loss_from_config


class Scaled(losses.DistillationLoss):
    def __init__(self, scale=1.0, **kwargs):
        super().__init__(**kwargs)
        self.scale = scale

    def call(self, teacher_outputs, student_outputs):
        return self.scale * ops.mean(ops.square(student_outputs - teacher_outputs), axis=-1)


class Forgets(Scaled):
    pass


class Rounds(Scaled):
    def __init__(self, scale=1.0, **kwargs):
        super().__init__(scale + 1.0, **kwargs)

    def get_config(self):
        return {**super().get_config(), "scale": self.scale}


class Unwritable(Scaled):
    def get_config(self):
        return {**super().get_config(), "scale": {1, 2}}


class Refuses(Scaled):
    def get_config(self):
        return {**super().get_config(), "scale": self.scale, "width": 3}


class Other(Scaled):
    """Writes its argument down, but not what it was."""

    def __init__(self, scale=1.0, **kwargs):
        super().__init__(scale, **kwargs)

    def get_config(self):
        return {**super().get_config(), "scale": 1.0}


class Whole(Scaled):
    def get_config(self):
        return {**super().get_config(), "scale": self.scale}


def test_a_loss_comes_again_whether_registered_or_not():
    again = loss_from_config(Whole(3.0, name="whole"))
    assert type(again) is Whole and again.scale == 3.0 and again.name == "whole"
    schedule = keras.optimizers.schedules.ExponentialDecay(8.0, 10, 0.5)
    assert float(loss_from_config(losses.SoftTargets(schedule)).temperature(10)) == 4.0
    check_distillation_loss(Whole(3.0))


@pytest.mark.parametrize(
    "loss, sentence",
    [
        (
            Forgets,
            "Forgets's get_config must hold every argument of __init__. Received: a config without "
            "'scale'. Return {**super().get_config(), 'scale': self.scale}.",
        ),
        (
            Rounds,
            "Rounds's config must be the same after a trip through JSON. Received: 'scale' was "
            "3.0 and is 4.0. Let __init__ keep every argument as it comes.",
        ),
        (
            Other,
            "Other, made again from its config, must give the same values. Received: # instead of "
            "# for example 0. Let get_config return every argument as it was given.",
        ),
    ],
)
def test_configs_that_lose_something(loss, sentence):
    pattern = re.escape(sentence).replace(r"\#", r"[\w.]+")
    with pytest.raises(ValueError, match=f"^{pattern}$"):
        check_distillation_loss(loss(2.0))


@pytest.mark.parametrize("loss", [Unwritable, Refuses])
def test_configs_that_cannot_be_written_or_read(loss):
    start = f"{loss.__name__}'s config must make the loss again after a trip through JSON. Received"
    end = (
        "Give get_config numbers, strings, lists, or Keras objects serialized with "
        "keras.saving.serialize_keras_object."
    )
    with pytest.raises(ValueError, match=f"(?s)^{re.escape(start)}: .*{re.escape(end)}$"):
        check_distillation_loss(loss(2.0))

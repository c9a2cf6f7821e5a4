"""Half a cosine from one value to another."""

import math

import keras
from keras import ops

from keras_distill.schedules.arguments import between, checked_count, checked_value, progress


@keras.saving.register_keras_serializable(package="keras_distill")
class Cosine(keras.optimizers.schedules.LearningRateSchedule):
    """Half a cosine from one value to another: slow at both ends, then it stays.

    `final + (initial − final) · (1 + cos(π · p)) / 2`, p the share of the way that is
    done: `initial_value` until `begin_step`, `final_value` from `begin_step + steps` on.
    Beside a learning rate that decays by a cosine, the weight follows the same curve.

    Args:
        initial_value: 0 or more.
        final_value: 0 or more; the larger or the smaller of the two.
        steps: Number of optimizer steps that the way takes, at least 1. Usual: the
            steps of the whole training, `epochs * len(dataset)`.
        begin_step: First step of the way. Defaults to 0.

    Returns:
        When called on a step (int or tensor): float32 of the step's shape.

    Raises:
        ValueError: A value is negative or no number, or a number of steps is no whole
            number or too small.

    Example:

    ```python
    schedule = kd.schedules.Cosine(8.0, 2.0, steps=100)
    assert [round(float(schedule(step)), 5) for step in (0, 50, 100, 999)] == [8.0, 5.0, 2.0, 2.0]
    ```
    """

    def __init__(self, initial_value, final_value, steps, begin_step=0):
        super().__init__()
        self.initial_value = checked_value("initial_value", initial_value)
        self.final_value = checked_value("final_value", final_value)
        self.steps = checked_count("steps", steps, 1)
        self.begin_step = checked_count("begin_step", begin_step, 0)

    def __call__(self, step):
        share = progress(step, self.begin_step, self.steps)
        # sin² and not 1 − cos: near the beginning it keeps its digits. The clip is for a
        # backend whose sine of π/2 is a bit above 1.
        curve = ops.clip(ops.square(ops.sin(share * (math.pi / 2))), 0.0, 1.0)
        return between(self.initial_value, self.final_value, curve)

    def get_config(self):
        return {
            "initial_value": self.initial_value,
            "final_value": self.final_value,
            "steps": self.steps,
            "begin_step": self.begin_step,
        }

"""A value that is multiplied by a constant again and again."""

import keras
from keras import ops

from keras_distill.schedules.arguments import checked_count, checked_value, is_number


@keras.saving.register_keras_serializable(package="keras_distill")
class Exponential(keras.optimizers.schedules.LearningRateSchedule):
    """A value that shrinks by the same factor every so many steps.

    `max(minimum, initial_value · decay_rate ^ (step / decay_steps))`. For a teacher who
    matters most at the beginning, or a temperature that cools to `minimum=1.0`.

    Args:
        initial_value: 0 or more.
        decay_rate: What is left after `decay_steps` steps, above 0 and at most 1. Usual:
            0.5 to 0.99 per epoch.
        decay_steps: Number of optimizer steps for one `decay_rate`, at least 1.
        minimum: Where it stops, 0 or more and at most `initial_value`. Defaults to 0.0.

    Returns:
        When called on a step (int or tensor): float32 of the step's shape.

    Raises:
        ValueError: A value is out of range.

    Example:

    ```python
    schedule = kd.schedules.Exponential(8.0, decay_rate=0.5, decay_steps=10, minimum=1.0)
    assert [round(float(schedule(step)), 5) for step in (0, 10, 20, 90)] == [8.0, 4.0, 2.0, 1.0]
    ```
    """

    def __init__(self, initial_value, decay_rate, decay_steps, minimum=0.0):
        super().__init__()
        self.initial_value = checked_value("initial_value", initial_value)
        self.decay_steps = checked_count("decay_steps", decay_steps, 1)
        self.minimum = checked_value("minimum", minimum)
        if not is_number(decay_rate) or not 0 < decay_rate <= 1:
            raise ValueError(
                "`decay_rate` must be a number above 0 and at most 1. "
                f"Received: decay_rate={decay_rate!r}."
            )
        self.decay_rate = float(decay_rate)
        if self.minimum > self.initial_value:
            raise ValueError(
                "`minimum` must not be above `initial_value`. Received: "
                f"initial_value={initial_value!r}, minimum={minimum!r}."
            )

    def __call__(self, step):
        done = ops.maximum(ops.cast(step, "float32"), 0.0) / self.decay_steps
        decayed = self.initial_value * ops.power(ops.cast(self.decay_rate, "float32"), done)
        return ops.maximum(decayed, self.minimum)

    def get_config(self):
        return {
            "initial_value": self.initial_value,
            "decay_rate": self.decay_rate,
            "decay_steps": self.decay_steps,
            "minimum": self.minimum,
        }

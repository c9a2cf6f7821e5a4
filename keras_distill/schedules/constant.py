"""The same value at every step."""

import keras
from keras import ops

from keras_distill.schedules.arguments import checked_value


@keras.saving.register_keras_serializable(package="keras_distill")
class Constant(keras.optimizers.schedules.LearningRateSchedule):
    """One value at every step.

    Says the same as a plain number; for code that always wants a schedule, and to
    replace one in an ablation without touching anything else.

    Args:
        value: 0 or more (a temperature: above 0).

    Returns:
        When called on a step (int or tensor): float32 scalar.

    Raises:
        ValueError: `value` is negative, not finite or no number.

    Example:

    ```python
    schedule = kd.schedules.Constant(0.5)
    assert float(schedule(1_000)) == 0.5
    ```
    """

    def __init__(self, value):
        super().__init__()
        self.value = checked_value("value", value)

    def __call__(self, step):
        return ops.convert_to_tensor(self.value, "float32")

    def get_config(self):
        return {"value": self.value}

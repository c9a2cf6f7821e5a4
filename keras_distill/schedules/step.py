"""Values that change at given steps and stay between them."""

import keras
from keras import ops

from keras_distill.schedules.arguments import is_count, is_number


@keras.saving.register_keras_serializable(package="keras_distill")
class Step(keras.optimizers.schedules.LearningRateSchedule):
    """One value after another, each from a given step on.

    `values[0]` before step `boundaries[0]`, `values[i + 1]` from step `boundaries[i]` on,
    the last one for ever. To switch the teacher off for the last epochs, or a feature
    loss on after the first ones. (`keras.optimizers.schedules.PiecewiseConstantDecay`
    changes one step later: there a boundary still has the value before it.)

    Args:
        boundaries: Whole numbers from 1, each greater than the one before it.
        values: 0 or more each; one more than there are boundaries.

    Returns:
        When called on a step (int or tensor): float32 of the step's shape.

    Raises:
        ValueError: Boundaries do not increase, lengths do not fit, or a value is negative.

    Example:

    ```python
    schedule = kd.schedules.Step(boundaries=[10, 20], values=[1.0, 0.5, 0.0])
    assert [float(schedule(step)) for step in (9, 10, 19, 20)] == [1.0, 0.5, 0.5, 0.0]
    ```
    """

    def __init__(self, boundaries, values):
        super().__init__()
        for name, given in (("boundaries", boundaries), ("values", values)):
            if not isinstance(given, (list, tuple)):
                raise ValueError(f"`{name}` must be a list. Received: {name}={given!r}.")
        if len(values) != len(boundaries) + 1:
            raise ValueError(
                "`values` must have one more element than `boundaries`. Received: "
                f"{len(values)} values for {len(boundaries)} boundaries."
            )
        if not all(is_count(each, 1) for each in boundaries):
            raise ValueError(
                "`boundaries` must be whole numbers of training steps, 1 or more. "
                f"Received: boundaries={list(boundaries)!r}."
            )
        if not all(is_number(each) and each >= 0 for each in values):
            raise ValueError(
                f"`values` must be numbers of 0 or more. Received: values={list(values)!r}."
            )
        if any(a >= b for a, b in zip(boundaries, boundaries[1:], strict=False)):
            raise ValueError(
                "`boundaries` must increase from one to the next. "
                f"Received: boundaries={list(boundaries)!r}."
            )
        self.boundaries = [int(each) for each in boundaries]
        self.values = [float(each) for each in values]

    def __call__(self, step):
        step = ops.expand_dims(ops.cast(step, "float32"), -1)
        passed = ops.greater_equal(step, ops.convert_to_tensor(self.boundaries, "float32"))
        index = ops.sum(ops.cast(passed, "int32"), axis=-1)
        return ops.take(ops.convert_to_tensor(self.values, "float32"), index)

    def get_config(self):
        return {"boundaries": self.boundaries, "values": self.values}

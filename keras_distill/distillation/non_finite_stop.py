"""Stops a training run whose loss is no longer a number."""

import math

import keras


class NonFiniteStop(keras.callbacks.Callback):
    """Raises FloatingPointError as soon as a batch's loss is NaN or infinite.

    Reads the loss that the step has computed anyway; under `steps_per_execution` it
    looks, as every callback does, after each group of steps.
    """

    def __init__(self):
        super().__init__()
        self._epoch = 0

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        loss = (logs or {}).get("loss")
        if loss is None or math.isfinite(float(loss)):
            return
        terms = {name: float(value) for name, value in logs.items() if name.endswith("loss")}
        broken = [name for name, value in terms.items() if not math.isfinite(value)]
        raise FloatingPointError(
            f"The loss is {float(loss)} at step {batch + 1} of epoch {self._epoch + 1}; expected a "
            f"finite number. Not finite: {', '.join(broken)}. Look for NaN or infinity in this "
            "batch's data, or lower the learning rate."
        )

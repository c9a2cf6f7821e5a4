"""How far confidence and accuracy lie apart."""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="keras_distill")
class ExpectedCalibrationError(keras.metrics.Metric):
    """Mean gap between how sure a model is and how often it is right.

    Top-label, bins of equal width over (0, 1], each weighted by its examples: 0 for a
    model that is right in 80 % of the cases where it says 80 %.

    Args:
        bins: Number of bins, at least 1. Defaults to 15.
        from_logits: Whether `y_pred` are logits. Defaults to `False`.
        name: Defaults to `"expected_calibration_error"`.
        dtype: Of the state.

    Call `update_state(y_true, y_pred, sample_weight=None)`: integer labels `(n,)` and
    `(n, classes)`.

    Raises:
        ValueError: `bins` is below 1.

    Example:

    ```python
    metric = kd.metrics.ExpectedCalibrationError(bins=10)
    metric.update_state([0, 0], [[0.8, 0.2], [0.2, 0.8]])   # 80 % sure, right once in two
    assert abs(float(metric.result()) - 0.3) < 1e-6
    ```

    Reference:
        Guo et al., 2017, On Calibration of Modern Neural Networks,
        https://arxiv.org/abs/1706.04599
    """

    def __init__(self, bins=15, from_logits=False, name="expected_calibration_error", dtype=None):
        super().__init__(name=name, dtype=dtype)
        if bins < 1:
            raise ValueError(f"`bins` must be at least 1. Received: bins={bins}.")
        self.bins, self.from_logits = bins, from_logits
        # Per bin: the sum of confidence less the sum of right answers.
        self.gaps = self.add_weight(shape=(bins,), initializer="zeros", name="gaps")
        self.count = self.add_weight(shape=(), initializer="zeros", name="count")

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_pred = ops.cast(y_pred, self.dtype)
        if self.from_logits:
            y_pred = ops.softmax(y_pred, axis=-1)
        y_true = ops.reshape(ops.cast(y_true, "int32"), (-1,))
        confidence = ops.max(y_pred, axis=-1)
        right = ops.cast(
            ops.equal(ops.cast(ops.argmax(y_pred, axis=-1), "int32"), y_true), self.dtype
        )
        # (low, high]: a confidence on the edge belongs to the lower bin.
        which = ops.cast(ops.ceil(confidence * self.bins), "int32") - 1
        which = ops.one_hot(ops.clip(which, 0, self.bins - 1), self.bins, dtype=self.dtype)
        weight = ops.ones_like(confidence)
        if sample_weight is not None:
            weight = ops.reshape(ops.cast(sample_weight, self.dtype), (-1,)) * weight
        self.gaps.assign_add(ops.sum(which * (weight * (confidence - right))[:, None], axis=0))
        self.count.assign_add(ops.sum(weight))

    def result(self):
        return ops.divide_no_nan(ops.sum(ops.abs(self.gaps)), self.count)

    def get_config(self):
        return {**super().get_config(), "bins": self.bins, "from_logits": self.from_logits}

"""How far probabilities lie from what came true."""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="keras_distill")
class BrierScore(keras.metrics.Metric):
    """Mean squared distance between a model's probabilities and the true class.

    Per example Σ_k (p_k − 1[k is the label])², from 0 (sure and right) to 2 (sure and wrong). It
    punishes wrong answers and wrong confidence alike. Some libraries halve it.

    Args:
        from_logits: Whether `y_pred` are logits. Defaults to `False`.
        name: Defaults to `"brier_score"`.
        dtype: Of the state.

    Call `update_state(y_true, y_pred, sample_weight=None)`: integer labels `(n,)` and
    `(n, classes)`.

    Example:

    ```python
    metric = kd.metrics.BrierScore()
    metric.update_state([0, 0], [[0.8, 0.2], [0.2, 0.8]])   # 2 · 0.2² and 2 · 0.8²
    assert abs(float(metric.result()) - 0.68) < 1e-6
    ```

    Reference:
        Brier, 1950, Verification of forecasts expressed in terms of probability, Monthly Weather
        Review 78.
    """

    def __init__(self, from_logits=False, name="brier_score", dtype=None):
        super().__init__(name=name, dtype=dtype)
        self.from_logits = from_logits
        self.total = self.add_weight(shape=(), initializer="zeros", name="total")
        self.count = self.add_weight(shape=(), initializer="zeros", name="count")

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_pred = ops.cast(y_pred, self.dtype)
        if self.from_logits:
            y_pred = ops.softmax(y_pred, axis=-1)
        y_true = ops.reshape(ops.cast(y_true, "int32"), (-1,))
        label = ops.one_hot(y_true, ops.shape(y_pred)[-1], dtype=self.dtype)
        distance = ops.sum(ops.square(y_pred - label), axis=-1)
        weight = ops.ones_like(distance)
        if sample_weight is not None:
            weight = ops.reshape(ops.cast(sample_weight, self.dtype), (-1,)) * weight
        self.total.assign_add(ops.sum(distance * weight))
        self.count.assign_add(ops.sum(weight))

    def result(self):
        return ops.divide_no_nan(self.total, self.count)

    def get_config(self):
        return {**super().get_config(), "from_logits": self.from_logits}

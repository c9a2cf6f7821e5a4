"""How often two models choose the same class."""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="keras_distill")
class Agreement(keras.metrics.Metric):
    """Share of examples on which two models choose the same class.

    What a compressed model keeps of the one it was made from. Not accuracy: two models
    agree where both are wrong in the same way.

    Args:
        name: Defaults to `"agreement"`.
        dtype: Of the state.

    Call `update_state(outputs, other_outputs, sample_weight=None)`, both `(n, classes)`,
    logits or probabilities.

    Example:

    ```python
    metric = kd.metrics.Agreement()
    metric.update_state([[2.0, 1.0], [0.0, 3.0]], [[0.9, 0.1], [0.6, 0.4]])
    assert float(metric.result()) == 0.5
    ```

    Reference:
        Stanton et al., 2021, Does Knowledge Distillation Really Work?,
        https://arxiv.org/abs/2106.05945
    """

    def __init__(self, name="agreement", dtype=None):
        super().__init__(name=name, dtype=dtype)
        self.same = self.add_weight(shape=(), initializer="zeros", name="same")
        self.count = self.add_weight(shape=(), initializer="zeros", name="count")

    def update_state(self, y_true, y_pred, sample_weight=None):
        same = ops.equal(ops.argmax(y_true, axis=-1), ops.argmax(y_pred, axis=-1))
        same = ops.cast(same, self.dtype)
        weight = ops.ones_like(same)
        if sample_weight is not None:
            weight = ops.broadcast_to(ops.cast(sample_weight, self.dtype), ops.shape(same))
        self.same.assign_add(ops.sum(same * weight))
        self.count.assign_add(ops.sum(weight))

    def result(self):
        return ops.divide_no_nan(self.same, self.count)

"""F1 that counts every class alike."""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="keras_distill")
class MacroF1(keras.metrics.Metric):
    """Mean of the classes' F1 scores: a class that compression lost shows here.

    Args:
        num_classes: Number of classes, at least 2.
        name: Defaults to `"macro_f1"`.
        dtype: Of the state.

    Call `update_state(y_true, y_pred, sample_weight=None)`: integer labels `(n,)` and
    logits or probabilities `(n, classes)`. A class that is neither among the labels nor
    among the predictions is left out of the mean.

    Raises:
        ValueError: `num_classes` is below 2.

    Example:

    ```python
    metric = kd.metrics.MacroF1(num_classes=2)
    metric.update_state([0, 1, 1], [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    assert abs(float(metric.result()) - 2 / 3) < 1e-6
    ```
    """

    def __init__(self, num_classes, name="macro_f1", dtype=None):
        super().__init__(name=name, dtype=dtype)
        if num_classes < 2:
            raise ValueError(
                f"`num_classes` must be at least 2. Received: num_classes={num_classes}."
            )
        self.num_classes = num_classes
        shape = (num_classes,)
        self.right = self.add_weight(shape=shape, initializer="zeros", name="right")
        self.found = self.add_weight(shape=shape, initializer="zeros", name="found")

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_true = ops.reshape(ops.cast(y_true, "int32"), (-1,))
        labels = ops.one_hot(y_true, self.num_classes, dtype=self.dtype)
        chosen = ops.one_hot(ops.argmax(y_pred, axis=-1), self.num_classes, dtype=self.dtype)
        if sample_weight is not None:
            weight = ops.reshape(ops.cast(sample_weight, self.dtype), (-1, 1))
            labels, chosen = labels * weight, chosen * weight
        both = ops.minimum(labels, chosen)
        self.right.assign_add(ops.sum(both, axis=0))
        self.found.assign_add(ops.sum(labels + chosen, axis=0))

    def result(self):
        present = ops.cast(self.found > 0, self.dtype)
        scores = 2 * ops.divide_no_nan(self.right, self.found)
        return ops.divide_no_nan(ops.sum(scores), ops.sum(present))

    def get_config(self):
        return {**super().get_config(), "num_classes": self.num_classes}

"""Calls a loss on one batch: values, gradients, compiled or not, on either backend."""

import keras
import numpy as np
from keras import ops

from keras_distill.testing.trial_outputs import mapped


class LossProbe:
    """A loss with what it asks for beside the outputs, so that it can be called on parts.

    Args:
        loss: A `kd.losses.DistillationLoss`.
        batch: The number of examples that `labels` belong to.
        labels: `(batch, ...)`, or `None`.

    Example:

    ```python
    probe = kd.testing.loss_probe.LossProbe(kd.losses.SoftTargets(), batch=4)
    values, gradient = probe.value_and_gradient(np.zeros((4, 3)), np.ones((4, 3), "float32"))
    assert values.shape == (4,) and gradient.shape == (4, 3)
    ```
    """

    def __init__(self, loss, batch, labels=None):
        self.loss = loss
        self.batch = batch
        self.labels = labels
        self._slopes = {}

    @property
    def name(self):
        return type(self.loss).__name__

    def values(self, teacher, student, rows=None):
        """What the loss returns, a tensor; `rows`: which examples the outputs belong to."""
        return self._function(rows)(teacher, student)

    def compiled_values(self, teacher, student):
        """The same out of a compiled function, as NumPy."""
        function = self._function(None)
        if keras.backend.backend() == "jax":
            import jax

            return _array(jax.jit(function)(_tensors(teacher), _tensors(student)))
        import tensorflow as tf

        given = _tensors(teacher), _tensors(student)
        # A concrete function: many losses in a row are no retracing to warn of.
        return _array(tf.function(function).get_concrete_function(*given)(*given))

    def value_and_gradient(self, teacher, student, rows=None):
        """Values, and the gradient of their sum to the student's outputs, as NumPy.

        The gradient of several outputs comes flattened and joined, `(batch, ...)`.
        """
        function, teacher, student = self._function(rows), _tensors(teacher), _tensors(student)
        if keras.backend.backend() == "jax":
            import jax

            def total(teacher, student):
                values = function(teacher, student)
                return ops.sum(ops.cast(values, "float32")), values

            # JAX compiles operation by operation when not asked to compile the whole.
            key = None if rows is None else tuple(rows)
            slope = jax.jit(jax.grad(total, argnums=1, has_aux=True))
            gradient, values = self._slopes.setdefault(key, slope)(teacher, student)
        else:
            import tensorflow as tf

            with tf.GradientTape() as tape:
                tape.watch(student)
                values = function(teacher, student)
            zero = tf.UnconnectedGradients.ZERO
            gradient = tape.gradient(values, student, unconnected_gradients=zero)
        parts = [_array(each) for each in keras.tree.flatten(gradient)]
        if len(parts) > 1:
            parts = [np.concatenate([each.reshape(len(each), -1) for each in parts], axis=-1)]
        return _array(values), parts[0]

    def _function(self, rows):
        rows = np.arange(self.batch) if rows is None else np.asarray(rows)
        context = {
            "step": 0,
            "labels": None if self.labels is None else self.labels[rows],
            "sample_ids": rows.astype("int32"),
            "mask": None,
            "token_weight": None,
            "training": False,
        }
        asked = {name: context[name] for name in self.loss.asks_for()}

        def function(teacher, student):
            if keras.backend.backend() != "jax" or not self.loss.built:
                return self.loss(teacher, student, **asked)
            # JAX traces: what a loss assigns must not leak out of the trace.
            held = [(each, each.value) for each in self.loss.variables]
            with keras.StatelessScope(state_mapping=held):
                return self.loss(teacher, student, **asked)

        return function


def _tensors(outputs):
    return mapped(ops.convert_to_tensor, outputs)


def _array(tensor):
    # NumPy itself has no bfloat16 to compare with.
    half = keras.backend.standardize_dtype(tensor.dtype) == "bfloat16"
    return ops.convert_to_numpy(ops.cast(tensor, "float32") if half else tensor)

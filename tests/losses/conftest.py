"""Gradients on whichever backend is active."""

import keras
import numpy as np
import pytest


@pytest.fixture
def value_and_gradient():
    """`(function, student)` → values and the gradient of their sum to `student`, as numpy."""

    def both(function, student):
        student = keras.ops.convert_to_tensor(student)
        if keras.backend.backend() == "jax":
            import jax

            gradient = jax.grad(lambda each: function(each).astype("float32").sum())(student)
            return np.asarray(function(student)), np.asarray(gradient)
        if keras.backend.backend() == "torch":
            import torch

            student = student.detach().requires_grad_(True)
            values = function(student)
            (gradient,) = torch.autograd.grad(values.float().sum(), student)
            return values.detach().cpu().numpy(), gradient.cpu().numpy()
        import tensorflow as tf

        with tf.GradientTape() as tape:
            tape.watch(student)
            values = function(student)
        return values.numpy(), tape.gradient(values, student).numpy()

    return both

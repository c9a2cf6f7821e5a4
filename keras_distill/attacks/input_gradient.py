"""The gradient of a scalar to a model's inputs, on the active backend."""

import keras


def input_gradient(function, x):
    """d function(x) / dx.

    Args:
        function: From a tensor like `x` to a scalar, made of Keras operations.
        x: Float tensor.

    Returns:
        A tensor of the shape of `x`.
    """
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(x)
            value = function(x)
        return tape.gradient(value, x)
    if backend == "jax":
        import jax

        return jax.grad(function)(x)
    if backend == "torch":
        import torch

        with torch.enable_grad():
            x = x.detach().requires_grad_(True)
            return torch.autograd.grad(function(x), x)[0]
    raise NotImplementedError(
        f"Attacks need gradients to the inputs. Received: Keras backend '{backend}'; expected "
        "tensorflow, jax or torch. Set KERAS_BACKEND before importing keras."
    )

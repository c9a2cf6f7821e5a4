"""Attention masks that leave an integer file its range."""

import contextlib

# e^-32 is 1e-14 of a score of 0: nothing in float32, and a number that eight bits can span.
_MASKED = -32.0


@contextlib.contextmanager
def finite_masks(integers):
    """Has masked attention scores become -32 while a model is traced for a file of integers.

    Keras puts -1e9, or nearly the least float, in the place of masked scores. A range that has to
    hold those gives all other scores one and the same integer, and attention looks everywhere
    alike. Parity, measured against the model with Keras's own number, tells if -32 is not low
    enough for a model's scores.

    Args:
        integers: Whether the file computes in integers; else nothing is changed.
    """
    if not integers:
        yield
        return
    from keras.src.backend.tensorflow import nn
    from keras.src.layers.activations import softmax

    kept = nn._get_large_negative, softmax._large_negative_number
    nn._get_large_negative = _in_tensors
    softmax._large_negative_number = lambda dtype: _MASKED
    try:
        yield
    finally:
        nn._get_large_negative, softmax._large_negative_number = kept


def _in_tensors(dtype):
    import tensorflow as tf

    return tf.constant(_MASKED, dtype)

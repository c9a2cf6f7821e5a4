"""Average pooling in an operator that is fast in integers."""

import contextlib

import numpy as np

# XNNPACK's depthwise convolutions are written for windows of up to 9 and of up to 25.
_LARGEST = 25


@contextlib.contextmanager
def average_pooling(integers):
    """Has small windows averaged by a depthwise convolution whose kernel is 1 / (their size).

    XNNPACK has no average pooling of integers, so it is computed outside and takes longer than in
    floats: half the time of a small CNN. What is padded is not averaged in Keras, so a pooling
    that pads stays what it is.

    Args:
        integers: Whether the file computes in integers with ranges from calibration; else nothing
            is changed. Training put its ranges around the pooling.
    """
    if not integers:
        yield
        return
    from keras.src.backend.tensorflow import nn

    own = nn.average_pool

    def average_pool(inputs, pool_size, strides=None, padding="valid", data_format=None):
        window = _pair(pool_size)
        steps = window if strides is None else _pair(strides)
        if not _fits(inputs, window, steps, padding, data_format):
            return own(inputs, pool_size, strides, padding, data_format)
        kernel = np.full((*window, inputs.shape[-1], 1), 1 / np.prod(window), "float32")
        return nn.depthwise_conv(inputs, nn.cast(kernel, inputs.dtype), steps[0])

    nn.average_pool = average_pool
    try:
        yield
    finally:
        nn.average_pool = own


def _pair(size):
    return (size, size) if isinstance(size, int) else tuple(size)


def _fits(inputs, window, steps, padding, data_format):
    import keras

    if len(inputs.shape) != 4 or len(window) != 2 or steps[0] != steps[1]:
        return False
    last = (data_format or keras.config.image_data_format()) == "channels_last"
    # Without padding, or with a padding of nothing.
    sizes = zip(inputs.shape[1:3], window, steps, strict=True)
    whole = all(size and side == step and size % step == 0 for size, side, step in sizes)
    return last and 1 < np.prod(window) <= _LARGEST and (padding == "valid" or whole)

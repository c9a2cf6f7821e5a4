"""Hard swish, as MobileNetV3 has it, in operators that are fast in integers."""

import contextlib


@contextlib.contextmanager
def hard_swish(integers):
    """Has hard swish traced as a sum, a ReLU6 and two products.

    The converter would make one operator of it, HARD_SWISH, for which XNNPACK has no kernel of
    integers: it is computed one value after another outside, and what lies between two of them
    is handed over each time. KerasHub's small MobileNetV3 in benchmarks/export_matrix.csv took 2.7
    times as long in int8 as in float32, and takes 0.9 times as long like this.

    Args:
        integers: Whether the file computes in integers with ranges from calibration; else nothing
            is changed. Training chose its own parts, and the ranges of each.
    """
    if not integers:
        yield
        return
    from keras.src.backend.tensorflow import nn

    own = nn.hard_silu
    nn.hard_silu = _in_parts
    try:
        yield
    finally:
        nn.hard_silu = own


def _in_parts(x):
    import tensorflow as tf

    x = tf.convert_to_tensor(x)
    # Divided last, which the converter does not take for a hard swish.
    return tf.nn.relu6(x + 3.0) * x * (1.0 / 6.0)

"""How an activation is held to its range, and how the range follows what it sees."""

import contextlib
import threading

from keras import ops

from keras_distill import _tfmot


class _Calibration(threading.local):
    counts = None


_calibration = _Calibration()


@contextlib.contextmanager
def calibration(counts):
    """While it lasts, in this thread, ranges become the plain mean of all that they are shown.

    Args:
        counts: {id of a range's lower variable: variable of how often it was shown values}.
    """
    _calibration.counts = counts
    try:
        yield
    finally:
        _calibration.counts = None


def is_calibrating():
    return _calibration.counts is not None


def hold_to_range(values, low, high, bits, training):
    """TF-MOT's quantizer of a moving average, of decay 0.999, or of the mean in a calibration.

    Args:
        values: a tensor of any floats.
        low: variable of the range's lower end; high of its upper one.
        bits: 8; or 16, then symmetric around zero as TFLite's are.
        training: whether the range moves.

    Returns:
        The values on at most 256 levels (65,535 of 16 bits), of the dtype they came in.
    """
    symmetric = bits == 16
    options = {"num_bits": bits, "symmetric": symmetric, "narrow_range": symmetric}
    # TensorFlow's quantizers and TF-MOT's ranges are float32 under every policy.
    exact = ops.cast(values, "float32")
    if is_calibrating():
        shown = _calibration.counts[id(low)].assign_add(1.0)
        exact = _tfmot.MovingAvgQuantize(
            exact, low.value, high.value, ema_decay=1.0 - 1.0 / shown, **options
        )
    else:
        quantizer = _tfmot.MovingAverageQuantizer(per_axis=False, **options)
        exact = quantizer(exact, training, {"min_var": low.value, "max_var": high.value})
    return ops.cast(exact, values.dtype)

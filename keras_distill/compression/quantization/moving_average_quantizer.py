from keras_distill import _tfmot
from keras_distill.compression.quantization.checked_bits import checked_bits


def MovingAverageQuantizer(num_bits, per_axis, symmetric, narrow_range):  # noqa: N802
    """TF-MOT's quantizer of a moving average of the ranges it saw, decay 0.999; for activations.

    The object is TF-MOT's own; made here, TF-MOT is imported without turning `tf.keras` into
    Keras 2. Use it in a `keras_distill.compression.QuantizeConfig`.

    Args:
        num_bits: bits of the integers, from 2 to 16.
        per_axis: whether every slice of the last axis has a range of its own.
        symmetric: whether zero is the middle of the range.
        narrow_range: whether the smallest integer is left out, as [-127, 127] of 8 bits.

    Returns:
        A `tfmot.quantization.keras.quantizers.MovingAverageQuantizer`.

    Raises:
        ValueError: for a number of bits that TensorFlow's fake quantization does not have.

    Example:

    ```python
    print(kd.compression.MovingAverageQuantizer(8, False, True, True).num_bits)  # 8
    ```
    """
    return _tfmot.MovingAverageQuantizer(checked_bits(num_bits), per_axis, symmetric, narrow_range)

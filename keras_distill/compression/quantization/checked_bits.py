"""The number of bits that TF-MOT's quantizers are asked for."""


def checked_bits(num_bits):
    """`num_bits`, refused where TensorFlow's fake quantization does not have it."""
    if num_bits not in range(2, 17):
        raise ValueError(
            "`num_bits` is the number of bits of the integers, from 2 to 16. Received: "
            f"num_bits={num_bits!r}. Pass 8 for int8."
        )
    return num_bits

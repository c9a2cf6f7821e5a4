import pytest

from keras_distill import _tfmot
from keras_distill.compression import MovingAverageQuantizer


def test_the_object_is_tfmots_own():
    quantizer = MovingAverageQuantizer(8, False, True, True)
    assert type(quantizer) is _tfmot.MovingAverageQuantizer
    assert quantizer.get_config() == {
        "num_bits": 8,
        "per_axis": False,
        "symmetric": True,
        "narrow_range": True,
    }


def test_number_of_bits():
    with pytest.raises(ValueError) as caught:
        MovingAverageQuantizer(32, False, True, True)
    assert str(caught.value) == (
        "`num_bits` is the number of bits of the integers, from 2 to 16. Received: num_bits=32. "
        "Pass 8 for int8."
    )

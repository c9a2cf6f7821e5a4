import re

import pytest

from keras_distill.compression.quantization.checked_bits import checked_bits


def test_what_tensorflow_has_passes():
    assert [checked_bits(bits) for bits in (2, 8, 16)] == [2, 8, 16]


@pytest.mark.parametrize("bits", [1, 17, 8.5, "8"])
def test_the_rest_is_refused(bits):
    sentence = (
        "`num_bits` is the number of bits of the integers, from 2 to 16. Received: "
        f"num_bits={bits!r}. Pass 8 for int8."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        checked_bits(bits)

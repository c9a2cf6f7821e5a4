import re

import pytest

from keras_distill.compression.sparsity.schedule_checks import check_sparsity, check_steps


def test_good_values_pass():
    check_sparsity("target_sparsity", 0.0)
    check_steps(0, -1, 1, endless=True)
    check_steps(3, 3, 1, endless=False)


def test_no_negative_beginning():
    sentence = "`begin_step` counts training batches from 0. Received: begin_step=-1."
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        check_steps(-1, 5, 1, endless=False)


def test_frequency_at_least_one():
    sentence = (
        "`frequency` is the number of training batches between two updates of the masks, at least "
        "1. Received: frequency=0."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        check_steps(0, 5, 0, endless=False)

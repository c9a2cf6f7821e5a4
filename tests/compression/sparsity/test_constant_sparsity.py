import re

import pytest

from keras_distill import _tfmot
from keras_distill.compression import ConstantSparsity


def test_it_is_tfmots_own():
    schedule = ConstantSparsity(0.5, begin_step=2, end_step=8, frequency=3)
    assert type(schedule) is _tfmot.ConstantSparsity
    assert schedule.get_config()["config"] == {
        "target_sparsity": 0.5,
        "begin_step": 2,
        "end_step": 8,
        "frequency": 3,
    }


def test_sparsity_of_one():
    sentence = (
        "`target_sparsity` is the fraction of weights that become zero, in [0, 1). Received: "
        "target_sparsity=1.0. Pass for example 0.75 for three zeros in four weights."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        ConstantSparsity(1.0, 0)


def test_ends_before_it_begins():
    sentence = (
        "A pruning schedule must not end before it begins. Received: begin_step=10, end_step=5. "
        "Pass an `end_step` of at least 10 or -1 for no end; steps are training batches."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        ConstantSparsity(0.5, 10, 5)

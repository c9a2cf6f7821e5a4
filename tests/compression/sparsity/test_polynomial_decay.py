import re

import pytest

from keras_distill import _tfmot
from keras_distill.compression import PolynomialDecay


def test_it_is_tfmots_own_and_follows_its_formula():
    schedule = PolynomialDecay(0.2, 0.8, begin_step=10, end_step=20, power=2, frequency=5)
    assert type(schedule) is _tfmot.PolynomialDecay
    update, sparsity = schedule(15)
    # 0.8 + (0.2 - 0.8) * (1 - 5 / 10) ** 2
    assert bool(update) and abs(float(sparsity) - 0.65) < 1e-6


@pytest.mark.parametrize("name", ["initial_sparsity", "final_sparsity"])
def test_sparsity_out_of_range(name):
    arguments = {"initial_sparsity": 0.0, "final_sparsity": 0.5, name: -0.1}
    sentence = (
        f"`{name}` is the fraction of weights that become zero, in [0, 1). Received: {name}=-0.1. "
        "Pass for example 0.75 for three zeros in four weights."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        PolynomialDecay(**arguments, begin_step=0, end_step=10)


def test_ends_before_it_begins():
    sentence = (
        "A pruning schedule must not end before it begins. Received: begin_step=10, end_step=5. "
        "Pass an `end_step` of at least 10; steps are training batches."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        PolynomialDecay(0.0, 0.5, 10, 5)

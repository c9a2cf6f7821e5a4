"""Parity worked by hand."""

import numpy as np
import pytest

from keras_distill.export import Parity


def test_by_hand():
    expected = np.array([[3.0, 4.0], [0.0, 0.0], [1.0, 2.0]])
    received = np.array([[3.0, 3.0], [0.5, 0.0], [2.0, 1.0]])
    parity = Parity.measure(expected, received, "samples")
    assert (parity.examples, parity.source) == (3, "samples")
    assert parity.max_difference == 1.0
    assert parity.mean_difference == pytest.approx((1 + 0.5 + 1 + 1) / 6)
    assert parity.output_range == 4.0
    # Of a tie the first counts: 1≠0, 0=0, 1≠0.
    assert parity.agreement == pytest.approx(1 / 3)
    assert parity.signal_to_noise_db == pytest.approx(10 * np.log10(30 / 3.25))


def test_equal_outputs_have_200_decibels():
    assert Parity.measure([[1.0]], [[1.0]], "samples").signal_to_noise_db == 200


def test_not_a_number_is_noise():
    assert Parity.measure([[1.0]], [[np.nan]], "samples").signal_to_noise_db == -200


def test_shapes_must_be_equal():
    with pytest.raises(RuntimeError) as caught:
        Parity.measure([[1.0, 2.0]], [[1.0]], "samples")
    assert str(caught.value) == "The artefact's outputs have shape (1, 1), the model's (1, 2)."


def test_says_all_its_numbers():
    assert str(Parity(10, "samples", 0.5, 0.25, 4.0, 0.9, 20.0)) == (
        "max difference 0.5, mean 0.25, of an output range of 4; top-1 agreement 90.00%; signal "
        "to noise 20.0 dB; on 10 examples (samples)"
    )

"""Agreement and noise of several outputs, by hand."""

import numpy as np
import pytest

from keras_distill.export.diagnosis.agreement import Agreement


def test_the_worst_of_two_outputs():
    expected = [np.array([[1.0, 3.0], [2.0, 0.0]]), np.array([[10.0], [10.0]])]
    received = [np.array([[3.0, 1.0], [2.0, 0.0]]), np.array([[10.0], [9.0]])]
    found = Agreement.measure(expected, received)
    assert found.share == 0.5 and found.choices and found.examples == 2
    # The squares of the first output sum to 14, those of its error to 8; of the second 200 and 1.
    assert found.snr_db == pytest.approx(10 * np.log10(14 / 8))


def test_one_close_call_is_allowed():
    assert Agreement(0.9, 10.0, 10, True).passes(0.99)
    assert not Agreement(0.8, 10.0, 10, True).passes(0.99)
    assert Agreement(0.95, 10.0, 200, True).passes(0.95)
    assert not Agreement(0.945, 10.0, 200, True).passes(0.95)


def test_without_a_choice_the_noise_decides():
    assert Agreement(1.0, 15.0, 10, False).passes(0.99)
    assert not Agreement(1.0, 14.9, 10, False).passes(0.99)
    assert not Agreement(1.0, 30.0, 10, False).passes(0.99, least_db=40.0)

import re

import keras
import numpy as np
import pytest

from keras_distill.metrics import ExpectedCalibrationError


def reference(labels, p, bins):
    """The definition, bin by bin: |accuracy - confidence| weighted by the bin's share."""
    confidence, right = p.max(-1), p.argmax(-1) == labels
    total = 0.0
    for b in range(bins):
        inside = (confidence > b / bins) & (confidence <= (b + 1) / bins)
        if inside.any():
            total += inside.mean() * abs(right[inside].mean() - confidence[inside].mean())
    return total


@pytest.mark.parametrize("bins", [1, 10, 15])
def test_against_the_definition(bins):
    rng = np.random.default_rng(bins)
    logits = rng.normal(0, 3, (300, 5)).astype("float32")
    p = np.exp(logits - logits.max(-1, keepdims=True))
    p /= p.sum(-1, keepdims=True)
    labels = rng.integers(0, 5, 300)
    metric = ExpectedCalibrationError(bins=bins, from_logits=True)
    metric.update_state(labels[:100], logits[:100])
    metric.update_state(labels[100:], logits[100:])
    np.testing.assert_allclose(float(metric.result()), reference(labels, p, bins), atol=1e-6)


def test_gaps_of_opposite_sign_do_not_cancel():
    # Bin (0.5, 0.6]: sure by 0.6, always right; bin (0.9, 1]: sure by 1, always wrong.
    metric = ExpectedCalibrationError(bins=10)
    metric.update_state([0, 0], [[0.6, 0.4], [0.0, 1.0]])
    np.testing.assert_allclose(float(metric.result()), (0.4 + 1.0) / 2, atol=1e-6)


def test_confidence_on_an_edge_belongs_to_the_lower_bin():
    # 0.5 and 0.45 share the bin (0.4, 0.5] of ten: right once, sure by 0.475 on average.
    metric = ExpectedCalibrationError(bins=10)
    metric.update_state([0, 1], [[0.5, 0.3, 0.2], [0.45, 0.35, 0.2]])
    np.testing.assert_allclose(float(metric.result()), abs(0.5 - 0.475), atol=1e-6)


def test_weight_zero_leaves_an_example_out():
    metric = ExpectedCalibrationError()
    metric.update_state([0, 1], [[0.9, 0.1], [0.9, 0.1]], sample_weight=[1.0, 0.0])
    np.testing.assert_allclose(float(metric.result()), 0.1, atol=1e-6)


def test_json_round_trip():
    metric = ExpectedCalibrationError(bins=7, from_logits=True)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(metric))
    assert (again.bins, again.from_logits) == (7, True)


def test_no_bins():
    with pytest.raises(
        ValueError, match="^" + re.escape("`bins` must be at least 1. Received: bins=0.") + "$"
    ):
        ExpectedCalibrationError(bins=0)

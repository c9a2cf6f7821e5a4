import keras
import numpy as np
import pytest

from keras_distill.metrics import BrierScore


@pytest.mark.parametrize(
    "labels, p, expected",
    [
        # Unit tests of google-research/robustness_metrics, uncertainty_test.py.
        ([1], [[0.45, 0.55]], 2 * 0.45**2),
        ([1, 0], [[0.2, 0.8], [0.3, 0.7]], 0.5 * (2 * 0.2**2 + 2 * 0.7**2)),
        (
            [2, 1],
            [[0.35, 0.35, 0.3], [0.8, 0.15, 0.05]],
            0.5 * (0.35**2 + 0.35**2 + 0.7**2 + 0.8**2 + 0.85**2 + 0.05**2),
        ),
        # The ends of the scale.
        ([0], [[1.0, 0.0, 0.0]], 0.0),
        ([1], [[1.0, 0.0, 0.0]], 2.0),
    ],
)
def test_published_values(labels, p, expected):
    metric = BrierScore()
    metric.update_state(labels, p)
    np.testing.assert_allclose(float(metric.result()), expected, atol=1e-6)


def test_logits_over_batches():
    rng = np.random.default_rng(0)
    logits, labels = rng.normal(0, 2, (90, 4)).astype("float32"), rng.integers(0, 4, 90)
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    metric = BrierScore(from_logits=True)
    metric.update_state(labels[:40], logits[:40])
    metric.update_state(labels[40:, None], logits[40:])
    expected = np.mean(np.sum((p - np.eye(4)[labels]) ** 2, axis=1))
    np.testing.assert_allclose(float(metric.result()), expected, rtol=1e-5)


def test_weight_zero_leaves_an_example_out():
    metric = BrierScore()
    metric.update_state([0, 1], [[0.9, 0.1], [0.9, 0.1]], sample_weight=[1.0, 0.0])
    np.testing.assert_allclose(float(metric.result()), 0.02, atol=1e-6)


def test_json_round_trip():
    metric = BrierScore(from_logits=True, name="brier")
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(metric))
    assert (again.from_logits, again.name) == (True, "brier")

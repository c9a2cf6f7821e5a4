import re

import keras
import numpy as np
import pytest

from keras_distill.metrics import MacroF1


def reference(labels, predicted, classes):
    scores = []
    for c in range(classes):
        true = np.sum((labels == c) & (predicted == c))
        wrong = np.sum((labels == c) != (predicted == c))
        if true + wrong:
            scores.append(2 * true / (2 * true + wrong))
    return np.mean(scores)


def test_against_the_definition_over_batches():
    rng = np.random.default_rng(0)
    labels, outputs = rng.integers(0, 4, 90), rng.normal(size=(90, 6))
    metric = MacroF1(num_classes=6)
    metric.update_state(labels[:40], outputs[:40])
    metric.update_state(labels[40:], outputs[40:])
    expected = reference(labels, outputs.argmax(-1), 6)
    np.testing.assert_allclose(float(metric.result()), expected, rtol=1e-6)


def test_lost_class_costs_its_share():
    # Class 2 is never predicted: F1 of 1, 2/3 and 0.
    metric = MacroF1(num_classes=4)
    metric.update_state([0, 1, 2], np.eye(4)[[0, 1, 1]])
    np.testing.assert_allclose(float(metric.result()), (1 + 2 / 3 + 0) / 3, rtol=1e-6)


def test_weights():
    metric = MacroF1(num_classes=2)
    metric.update_state([0, 1, 1], np.eye(2)[[0, 1, 0]], sample_weight=[1.0, 1.0, 0.0])
    assert float(metric.result()) == 1.0


def test_json_round_trip():
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(MacroF1(3)))
    assert again.num_classes == 3


def test_one_class():
    sentence = "`num_classes` must be at least 2. Received: num_classes=1."
    with pytest.raises(ValueError, match="^" + re.escape(sentence) + "$"):
        MacroF1(1)

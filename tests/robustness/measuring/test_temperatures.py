import types

import numpy as np
import pytest

from keras_distill.robustness.measuring.measured_data import MeasuredData
from keras_distill.robustness.measuring.temperatures import temperatures
from keras_distill.robustness.statistics.fit_temperature import fit_temperature

RNG = np.random.default_rng(0)
LABELS = RNG.integers(0, 2, 60)
IMAGES = RNG.integers(0, 256, (60, 2, 2, 1), np.uint8)


def overconfident(name, inputs):
    p = 0.05 + 0.9 * (inputs.mean(axis=(1, 2, 3)) > 0.5)
    return np.stack([1 - p, p], axis=1)


def measurement(labels):
    data = MeasuredData((IMAGES, labels))
    return types.SimpleNamespace(data=data, loaded={"a": None}, probabilities=overconfident)


def test_every_second_clean_example_decides():
    found = temperatures(measurement(LABELS), None)
    seen = overconfident("a", IMAGES[::2] / np.float32(255))
    assert found == {"a": pytest.approx(fit_temperature(seen, LABELS[::2]))}
    # Answers that are right by chance alone should not be that sure.
    assert found["a"] > 2


def test_held_out_data_decide_where_they_are_given():
    held_out = MeasuredData((IMAGES[:20], LABELS[:20]))
    seen = overconfident("a", IMAGES[:20] / np.float32(255))
    found = temperatures(measurement(LABELS), held_out)
    assert found == {"a": pytest.approx(fit_temperature(seen, LABELS[:20]))}


def test_one_class_tells_nothing():
    assert temperatures(measurement(np.zeros(60, int)), None) == {"a": None}

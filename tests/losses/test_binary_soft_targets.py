"""BinarySoftTargets against the Bernoulli KL in float64."""

import re

import keras
import numpy as np
import pytest

from keras_distill.losses import BinarySoftTargets
from keras_distill.losses.binary_soft_targets import binary_soft_target_divergence


def bernoulli(t, s, temperature):
    t, s = t.astype("float64") / temperature, s.astype("float64") / temperature
    p = 1 / (1 + np.exp(-t))
    log_p, log_1p = -np.logaddexp(0, -t), -np.logaddexp(0, t)
    log_q, log_1q = -np.logaddexp(0, -s), -np.logaddexp(0, s)
    return temperature**2 * (p * (log_p - log_q) + (1 - p) * (log_1p - log_1q))


@pytest.mark.parametrize("scale", [0.1, 1, 10, 100])
def test_value_is_that_of_float64(scale):
    rng = np.random.default_rng(0)
    t, s = (scale * rng.normal(size=(500, 1)).astype("float32") for _ in range(2))
    wanted = bernoulli(t, s, 4.0)[:, 0]
    values = np.asarray(BinarySoftTargets()(t, s))
    assert values.shape == (500,)
    assert (np.abs(values - wanted) <= 1e-5 * wanted + 16e-6).all()
    one = binary_soft_target_divergence(t[:1], s[:1], 4.0)
    assert float(one[0, 0]) == pytest.approx(wanted[0], rel=1e-4, abs=1e-5)


def test_sigmoid_outputs_are_served_by_log_odds():
    t, s = (np.random.default_rng(i).normal(size=(20, 3)) for i in (0, 1))
    p, q = 1 / (1 + np.exp(-t)), 1 / (1 + np.exp(-s))
    wanted = bernoulli(t, s, 2.0).mean(-1)
    np.testing.assert_allclose(
        BinarySoftTargets(2.0, from_logits=False)(p, q), wanted, rtol=1e-3, atol=1e-5
    )


def test_config_and_refusal():
    loss = BinarySoftTargets(3.0)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(loss))
    assert again.get_config() == loss.get_config()
    sentence = (
        "BinarySoftTargets compares teacher and student output by output. Received: a teacher "
        "output of shape (2, 1) and a student output of shape (2, 3). Map the teacher's outputs "
        "to the student's with kd.teachers.adapt(teacher, class_map=[...])."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        loss.check(np.zeros((2, 1)), np.zeros((2, 3)))

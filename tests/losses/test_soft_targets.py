"""SoftTargets against T² · KL in float64, at logit scales from 0.1 to 1,000."""

import re

import keras
import numpy as np
import pytest
from keras import ops

from keras_distill.losses import SoftTargets
from keras_distill.losses.soft_targets import soft_target_divergence


def log_softmax(logits):
    logits = logits - logits.max(-1, keepdims=True)
    return logits - np.log(np.exp(logits).sum(-1, keepdims=True))


def exact(teacher, student, temperature):
    """T² · KL and its gradient to the student, in float64, without cancellation."""
    t, s = teacher.astype("float64") / temperature, student.astype("float64") / temperature
    log_p, log_q = log_softmax(t), log_softmax(s)
    p = np.exp(log_p)
    plain = (p * (log_p - log_q)).sum(-1)
    # For near-equal pairs even float64 loses digits in the plain sum.
    x = (s - t) - (p * (s - t)).sum(-1, keepdims=True)
    small = np.abs(x).max(-1) < 1e-3
    series = (p * (x**2 / 2 + x**3 / 6 + x**4 / 24)).sum(-1)
    value = np.where(small, np.log1p(np.where(small, series, 0.0)), plain)
    return temperature**2 * value, temperature * (np.exp(log_q) - p)


def draws(scale, dtype, seed=0, number=1000, classes=10):
    rng = np.random.default_rng(seed)
    teacher = scale * rng.normal(size=(number, classes))
    student = scale * rng.normal(size=(number, classes))
    closeness = 10.0 ** rng.uniform(-6, -1, size=(number // 2, 1))
    student[: number // 2] = teacher[: number // 2] + scale * closeness * rng.normal(
        size=(number // 2, classes)
    )
    return teacher.astype(dtype), student.astype(dtype)


@pytest.mark.parametrize("dtype", ["float32", "float16"])
@pytest.mark.parametrize("scale", [0.1, 1, 10, 100, 1000])
@pytest.mark.parametrize("temperature", [4.0, 1.0, 3.0])
def test_value_and_gradient_are_those_of_float64(dtype, scale, temperature, value_and_gradient):
    teacher, student = draws(scale, dtype)
    wanted, slope = exact(teacher, student, temperature)
    values, gradient = value_and_gradient(
        lambda each: SoftTargets(temperature)(teacher, each), student
    )
    assert values.shape == (1000,) and values.dtype == np.float32
    assert (np.abs(values - wanted) <= 1e-5 * wanted + 1e-6 * temperature**2).all()
    assert values.min() >= -1e-7 * temperature**2
    assert np.isfinite(gradient).all()
    assert (gradient[np.abs(slope) > 1e-6] != 0).all()
    atol = 2e-3 if dtype == "float16" else 2e-5
    np.testing.assert_allclose(gradient, slope, rtol=atol, atol=atol * temperature)


def test_worked_by_hand():
    # p = (3/4, 1/4), q = (1/4, 3/4): KL = 1/2 · ln 3; at T = 2 the logits are doubled.
    t, s = np.array([[np.log(3.0), 0.0]]), np.array([[0.0, np.log(3.0)]])
    assert float(SoftTargets(1.0)(t, s)[0]) == pytest.approx(0.5 * np.log(3.0), rel=1e-6)
    assert float(SoftTargets(2.0)(2 * t, 2 * s)[0]) == pytest.approx(2 * np.log(3.0), rel=1e-6)


def test_softmax_ignores_a_constant_and_so_does_the_loss():
    t, _ = draws(1.0, "float32", number=8)
    np.testing.assert_allclose(SoftTargets()(t, t + 5), 0.0, atol=1e-6)
    np.testing.assert_allclose(SoftTargets()(t, np.round(t * 64) / 64 + 4096), 0.0, atol=2e-3)


def test_forbidden_classes_and_extreme_students_stay_finite(value_and_gradient):
    teacher = np.array([[0.0, 1.0, -np.inf], [0.0, 0.0, -1e9]], "float32")
    student = np.array([[0.0, 1.0, -np.inf], [1e6, -1e6, 0.0]], "float32")
    values, gradient = value_and_gradient(lambda each: SoftTargets()(teacher, each), student)
    assert values[0] == pytest.approx(0.0, abs=1e-6) and values[1] > 1e6
    assert np.isfinite(gradient).all() and gradient[1, 0] > 0 > gradient[1, 1]


def test_probabilities_are_served_by_logs():
    t, s = draws(3.0, "float32", number=64)
    p, q = (np.exp(log_softmax(z.astype("float64"))).astype("float32") for z in (t, s))
    np.testing.assert_allclose(
        SoftTargets(from_logits=False)(p, q), SoftTargets()(t, s), rtol=1e-4, atol=1e-5
    )


def test_tokens_keep_their_own_values_and_maps_are_averaged():
    t, s = draws(1.0, "float32", number=24)
    flat = np.asarray(SoftTargets()(t, s))
    tokens = SoftTargets()(t.reshape(4, 6, 10), s.reshape(4, 6, 10))
    np.testing.assert_allclose(tokens, flat.reshape(4, 6), rtol=1e-6)
    maps = SoftTargets()(t.reshape(4, 3, 2, 10), s.reshape(4, 3, 2, 10))
    np.testing.assert_allclose(maps, flat.reshape(4, 6).mean(1), rtol=1e-5)


def test_temperature_may_follow_the_step():
    schedule = keras.optimizers.schedules.PiecewiseConstantDecay([10], [8.0, 2.0])
    loss = SoftTargets(schedule)
    t, s = draws(1.0, "float32", number=4)
    np.testing.assert_allclose(loss(t, s, step=3), SoftTargets(8.0)(t, s), rtol=1e-6)
    np.testing.assert_allclose(loss(t, s, step=11), SoftTargets(2.0)(t, s), rtol=1e-6)


def forms(teacher, student, temperature):
    """p, q and their logs, in float64."""
    log_p = log_softmax(teacher.astype("float64") / temperature)
    log_q = log_softmax(student.astype("float64") / temperature)
    return np.exp(log_p), np.exp(log_q), log_p, log_q


@pytest.mark.parametrize("scale", [0.1, 1, 10])
def test_the_other_divergences_are_those_of_float64(scale, value_and_gradient):
    teacher, student = draws(scale, "float32", number=200)
    p, q, log_p, log_q = forms(teacher, student, 3.0)
    reverse = 9 * (q * (log_q - log_p)).sum(-1)
    middle = np.log((p + q) / 2)
    shannon = 9 * (p * (log_p - middle) + q * (log_q - middle)).sum(-1) / 2
    # dJS/ds_i = q_i/2 · (log(q_i/m_i) − KL(q ‖ m)), times T² / T.
    inner = log_q - middle
    slope = 3 * q / 2 * (inner - (q * inner).sum(-1, keepdims=True))
    far = log_q - log_p
    reverse_slope = 3 * q * (far - (q * far).sum(-1, keepdims=True))
    for name, wanted, gradient in (
        ("reverse_kl", reverse, reverse_slope),
        ("jensen_shannon", shannon, slope),
    ):
        loss = SoftTargets(3.0, divergence=name)
        values, seen = value_and_gradient(lambda each, loss=loss: loss(teacher, each), student)
        np.testing.assert_allclose(values, wanted, rtol=2e-5, atol=2e-5, err_msg=name)
        np.testing.assert_allclose(seen, gradient, rtol=1e-3, atol=1e-4 * scale, err_msg=name)
    assert (shannon <= 9 * np.log(2)).all()


def test_the_reverse_gradient_vanishes_where_the_student_is_sure(value_and_gradient):
    # What the docstring warns of: the student is sure of the wrong class.
    teacher, student = np.array([[10.0, 0.0]]), np.array([[-50.0, 50.0]], "float32")
    slopes = {
        name: value_and_gradient(
            lambda each, name=name: SoftTargets(1.0, divergence=name)(teacher, each), student
        )[1]
        for name in ("kl", "reverse_kl", "jensen_shannon")
    }
    assert np.abs(slopes["kl"]).max() > 0.9
    assert np.abs(slopes["reverse_kl"]).max() < 1e-6
    assert np.abs(slopes["jensen_shannon"]).max() < 1e-6


def test_standardized_logits_forget_size_and_shift(value_and_gradient):
    t, s = draws(2.0, "float32", number=32)

    def z(x):
        x = x.astype("float64")
        return (x - x.mean(-1, keepdims=True)) / x.std(-1, keepdims=True)

    wanted, _ = exact(z(t), z(s), 2.0)
    loss = SoftTargets(2.0, standardize=True)
    np.testing.assert_allclose(loss(t, s), wanted, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(loss(t, 7 * t + 3), 0.0, atol=1e-5)
    # Worked by hand: two classes always standardize to (1, −1), so the loss is 0 or that of ±1.
    by_hand = np.array([[3.0, 1.0]]), np.array([[-8.0, 0.0]])
    worked = SoftTargets(1.0, standardize=True)(*by_hand)
    assert float(worked[0]) == pytest.approx(2 * np.tanh(1.0), rel=1e-4)
    for student in (np.zeros((1, 3)), [[1e6, -1e6, 0.0]], [[0.0, 1.0, -np.inf]]):
        values, slope = value_and_gradient(
            lambda each: loss(np.array([[1.0, 2.0, 3.0]]), each), np.array(student, "float32")
        )
        assert np.isfinite(values).all() and np.isfinite(slope).all()


def test_config_makes_the_round_trip():
    for loss in (
        SoftTargets(2.5, from_logits=False, name="soft"),
        SoftTargets(divergence="reverse_kl", standardize=True),
    ):
        again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(loss))
        assert again.get_config() == loss.get_config()
    schedule = keras.optimizers.schedules.ExponentialDecay(8.0, 10, 0.5)
    again = SoftTargets.from_config(SoftTargets(schedule).get_config())
    assert float(again.temperature(10)) == pytest.approx(4.0)


def test_the_pure_function_takes_any_float():
    value = soft_target_divergence(ops.zeros((2, 3), "float16"), ops.ones((2, 3), "float16"), 2)
    assert keras.backend.standardize_dtype(value.dtype) == "float32"


@pytest.mark.parametrize(
    "build, sentence",
    [
        (
            lambda: SoftTargets(0),
            "`temperature` must be a number above 0 or a function of the step. "
            "Received: temperature=0.",
        ),
        (
            lambda: SoftTargets(divergence="js"),
            "`divergence` must be one of 'kl', 'reverse_kl', 'jensen_shannon'. "
            "Received: divergence='js'.",
        ),
        (
            lambda: SoftTargets(from_logits="maybe"),
            "`from_logits` must be True, False or \"auto\". Received: from_logits='maybe'.",
        ),
        (
            lambda: SoftTargets(student_layer_name="head"),
            "SoftTargets compares a layer with a layer, or output with output. Received: "
            "teacher_layer_name=None, student_layer_name='head'. Name both layers, or neither.",
        ),
        (
            lambda: SoftTargets().call(np.zeros((2, 1)), np.zeros((2, 1))),
            "SoftTargets compares softmax outputs of two or more classes. Received: a student "
            "output of shape (2, 1). A head with one output is not softmax: use "
            "kd.losses.BinarySoftTargets.",
        ),
        (
            lambda: SoftTargets().call(np.zeros((2, 10)), np.zeros((2, 4))),
            "SoftTargets compares teacher and student class by class. Received: a teacher output "
            "of shape (2, 10) and a student output of shape (2, 4). Map the teacher's classes to "
            "the student's with kd.teachers.adapt(teacher, class_map=[...]).",
        ),
        (
            lambda: SoftTargets().call([np.zeros((2, 3))] * 2, np.zeros((2, 3))),
            "SoftTargets compares one output with one output. Received: a teacher with 2 outputs. "
            "Name the layers of the heads to compare: teacher_layer_name=..., "
            "student_layer_name=... .",
        ),
    ],
)
def test_refusals(build, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        build()

"""VariationalInformation against the paper's Gaussian likelihood in float64."""

import re

import keras
import numpy as np
import pytest

from keras_distill.losses import VariationalInformation
from keras_distill.losses.variational_information import gaussian_surprise
from keras_distill.testing import check_distillation_loss


def exact(loss, teacher, student, variance):
    x = student.astype("float64")
    for index, layer in enumerate(loss._regressor):
        kernel, bias = (np.array(each, "float64") for each in layer.weights)
        x = x @ kernel + bias
        x = np.maximum(x, 0.0) if index < 2 else x
    # −log N(t; μ, σ²) less log(2π) / 2.
    values = (teacher - x) ** 2 / (2 * variance) + 0.5 * np.log(variance)
    axes = -1 if values.ndim == 3 else tuple(range(1, values.ndim))
    return values.mean(axes)


def draws(teacher_shape, student_shape, seed=0):
    rng = np.random.default_rng(seed)
    return (rng.normal(size=shape).astype("float32") for shape in (teacher_shape, student_shape))


@pytest.mark.parametrize(
    "shapes",
    [((5, 4, 4, 7), (5, 4, 4, 3)), ((5, 7), (5, 3)), ((5, 6, 7), (5, 6, 3))],
)
def test_value_is_the_papers(shapes):
    t, s = draws(*shapes)
    loss = VariationalInformation("a", "b", mid_channels=6, seed=1)
    values = np.array(loss(t, s))
    np.testing.assert_allclose(loss.variance(), np.full(7, 5.0), rtol=1e-6)
    np.testing.assert_allclose(values, exact(loss, t, s, 5.0), rtol=1e-4)
    assert [each.shape[-1] for each in loss._regressor[0].weights] == [6, 6]
    scale = np.linspace(-8.0, 9.0, 7).astype("float32")
    loss._scale.assign(scale)
    variance = np.log1p(np.exp(scale.astype("float64"))) + 1e-5
    np.testing.assert_allclose(loss(t, s), exact(loss, t, s, variance), rtol=1e-4)
    order = np.array([3, 1, 4, 0, 2])
    np.testing.assert_allclose(loss(t[order], s[order]), np.array(loss(t, s))[order], rtol=1e-5)


def test_of_two_sizes_the_larger_is_pooled():
    t, s = draws((2, 4, 4, 3), (2, 2, 2, 5))
    loss = VariationalInformation("a", "b", seed=0)
    values = np.array(loss(t, s))
    pooled = t.reshape(2, 2, 2, 2, 2, 3).mean((2, 4))
    np.testing.assert_allclose(values, exact(loss, pooled, s, 5.0), rtol=1e-4)


def test_worked_by_hand():
    # Off by 2 and by 0 with σ² = 4 and 1: (4/4 + ln 4)/2 and 0, of which the mean.
    value = gaussian_surprise(np.array([[2.0, 1.0]]), np.array([[0.0, 1.0]]), np.array([4.0, 1.0]))
    assert float(value[0]) == pytest.approx((1 + np.log(4)) / 4)


def test_variances_learn_what_is_left_over():
    # With the regressor fixed, the best σ² of a channel is its mean squared error.
    t, s = draws((64, 2), (64, 3))
    loss = VariationalInformation("a", "b", seed=0)
    loss(t, s)
    best = np.mean((t - exact_mean(loss, s)) ** 2, axis=0)
    values = []
    for variance in (0.9 * best, best, 1.1 * best):
        loss._scale.assign(np.log(np.expm1(variance - 1e-5)))
        values.append(float(np.mean(loss(t, s))))
    assert values[1] < min(values[0], values[2])
    assert len(loss.trainable_variables) == 7


def exact_mean(loss, student):
    x = student
    for layer in loss._regressor:
        x = layer(x)
    return np.array(x)


@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_extreme_features_have_finite_gradients(dtype, value_and_gradient):
    t, s = (1e4 * each.astype(dtype) for each in draws((5, 2, 2, 3), (5, 2, 2, 3)))
    s[0], s[1], t[2], s[4] = 0.0, t[1], 0.0, 1e-4
    loss = VariationalInformation("a", "b", initial_variance=1.1e-5, seed=0)
    loss(t, s)
    # A float16 layer has no number for slopes of 1e9: there the variance is the usual one.
    for scale in (-1e4, -11.0, 1e4) if dtype == "float32" else (5.0,):
        loss._scale.assign([scale] * 3)
        values, gradient = value_and_gradient(lambda each: loss(t, each), s)
        assert values.dtype == np.float32
        assert np.isfinite(values).all() and np.isfinite(gradient).all()


def test_it_conforms():
    check_distillation_loss(VariationalInformation("a", "b", seed=0))


def test_config_and_seed():
    loss = VariationalInformation("a/b", "c", 8, initial_variance=2.0, seed=4)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(loss))
    assert again.get_config() == loss.get_config()
    t, s = draws((2, 3), (2, 3))
    np.testing.assert_array_equal(loss(t, s), again(t, s))
    np.testing.assert_allclose(again.variance(), np.full(3, 2.0), rtol=1e-6)


FIT = (
    "VariationalInformation compares maps of sizes where one is a multiple of the other, equally "
    "many tokens, or vectors. Received: teacher layer 'a' of shape {}, student layer 'b' of shape "
    "{}. Choose two layers of equal rank whose sizes fit."
)


@pytest.mark.parametrize(
    "teacher, student",
    [((2, 7, 7, 3), (2, 4, 4, 3)), ((2, 3), (2, 4, 3)), ((2, 5, 3), (2, 4, 3)), ((2,), (2,))],
)
def test_features_that_do_not_fit(teacher, student):
    with pytest.raises(ValueError, match=f"^{re.escape(FIT.format(teacher, student))}$"):
        VariationalInformation("a", "b").check(np.zeros(teacher), np.zeros(student))


def test_arguments_that_are_none():
    for arguments, sentence in (
        (
            {"mid_channels": 0},
            "`mid_channels` must be an integer from 1, or None. Received: mid_channels=0.",
        ),
        (
            {"initial_variance": 0.0},
            "`initial_variance` must be a number above 1e-5 and below 1e4. Received: "
            "initial_variance=0.0. The usual one is 5.0.",
        ),
    ):
        with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
            VariationalInformation("a", "b", **arguments)

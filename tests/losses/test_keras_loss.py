"""KerasLoss: keras.losses without its reduction, and what it refuses."""

import json
import re

import keras
import numpy as np
import pytest

from keras_distill.losses import KerasLoss
from keras_distill.losses.keras_loss import REGRESSION, loss_name
from keras_distill.schedules import Step


def draws(*shape):
    return (np.random.default_rng(seed).normal(size=shape).astype("float32") for seed in (0, 1))


def test_worked_by_hand():
    t, s = np.array([[1.0, 2.0], [0.0, 0.0]]), np.array([[3.0, 2.0], [1.0, 3.0]])
    np.testing.assert_allclose(KerasLoss()(t, s), [2.0, 5.0])
    # Half the difference: a quarter of its square.
    np.testing.assert_allclose(KerasLoss(temperature=2.0)(t, s), [0.5, 1.25])
    np.testing.assert_allclose(KerasLoss("mae")(t, s), [1.0, 2.0])
    np.testing.assert_allclose(KerasLoss(keras.losses.Huber(delta=1.0))(t, s), [0.75, 1.5])
    cosine = KerasLoss("cosine_similarity")(t[:1], s[:1])
    np.testing.assert_allclose(cosine, [-7 / np.sqrt(5 * 13)], rtol=1e-6)


@pytest.mark.parametrize("name", REGRESSION)
@pytest.mark.parametrize("shape", [(6, 5), (6, 3, 3, 5), (6, 4, 5)])
def test_mean_is_what_keras_gives(name, shape):
    t, s = draws(*shape)
    values = np.asarray(KerasLoss(name, temperature=3.0)(t, s))
    assert values.shape == (shape[:2] if len(shape) == 3 else shape[:1])
    wanted = np.mean(np.asarray(keras.losses.get(name)(t / 3.0, s / 3.0)))
    assert values.mean() == pytest.approx(wanted, rel=1e-5, abs=1e-6)
    order = np.random.default_rng(2).permutation(6)
    np.testing.assert_allclose(
        KerasLoss(name, temperature=3.0)(t[order], s[order]), values[order], rtol=1e-5, atol=1e-6
    )


@pytest.mark.parametrize("name", REGRESSION)
def test_gradient_is_finite_on_extreme_features(name, value_and_gradient):
    for dtype in ("float32", "float16"):
        teacher = np.array([[1.0, 2.0, 3.0]] * 4, dtype)
        student = np.array([[1, 2, 3], [0, 0, 0], [1e4, -1e4, 0], [1e-4, 0, 0]], dtype)
        values, slope = value_and_gradient(
            lambda each, teacher=teacher: KerasLoss(name)(teacher, each), student
        )
        assert values.dtype == np.float32
        assert np.isfinite(values).all() and np.isfinite(slope).all(), (name, dtype)


def test_a_loss_of_ones_own():
    def cubed(teacher, student):
        return keras.ops.abs(teacher - student) ** 3

    class Own(keras.losses.MeanSquaredError):
        def call(self, y_true, y_pred):
            return 7.0 * super().call(y_true, y_pred)

    t, s = draws(4, 3)
    np.testing.assert_allclose(KerasLoss(cubed)(t, s), (abs(t - s) ** 3).mean(-1), rtol=1e-5)
    np.testing.assert_allclose(KerasLoss(Own())(t, s), 7 * ((t - s) ** 2).mean(-1), rtol=1e-5)
    assert loss_name(cubed) is None and loss_name(Own()) is None


def test_names_of_keras_losses():
    for each in ("mse", "mean_squared_error", "MeanSquaredError", keras.losses.MeanSquaredError()):
        assert loss_name(each) == "mean_squared_error"
    for each in ("kld", "KLDivergence", keras.losses.KLDivergence(), keras.losses.kl_divergence):
        assert loss_name(each) == "kl_divergence"


def test_temperature_may_follow_the_step():
    t, s = draws(4, 3)
    loss = KerasLoss("mse", temperature=Step([10], [2.0, 1.0]))
    np.testing.assert_allclose(loss(t, s, step=9), KerasLoss("mse", 2.0)(t, s), rtol=1e-6)
    np.testing.assert_allclose(loss(t, s, step=10), KerasLoss("mse")(t, s), rtol=1e-6)


@pytest.mark.parametrize(
    "loss",
    [
        KerasLoss("huber", 2.0, "a/b", "c", name="near"),
        KerasLoss(keras.losses.CosineSimilarity(axis=1)),
        KerasLoss(temperature=Step([1], [2.0, 1.0])),
    ],
)
def test_config_makes_the_round_trip(loss):
    saved = json.loads(json.dumps(keras.saving.serialize_keras_object(loss)))
    again = keras.saving.deserialize_keras_object(saved)
    assert again.get_config() == loss.get_config()
    t, s = draws(4, 3)
    np.testing.assert_array_equal(again(t, s), loss(t, s))


@pytest.mark.parametrize(
    "build, sentence",
    [
        (
            lambda: KerasLoss("near"),
            "`loss` must be the name of a loss in keras.losses, a function or a "
            "keras.losses.Loss. Received: loss='near'.",
        ),
        (
            lambda: KerasLoss(3),
            "`loss` must be the name of a loss in keras.losses, a function or a "
            "keras.losses.Loss. Received: loss=3.",
        ),
        (
            lambda: KerasLoss(temperature=0),
            "`temperature` must be a number above 0 or a function of the step. "
            "Received: temperature=0.",
        ),
        (
            lambda: KerasLoss().call(np.zeros((2, 3)), np.zeros((2, 4))),
            "KerasLoss compares number by number. Received: a teacher output of shape (2, 3) and "
            "a student output of shape (2, 4). Choose layers of one shape, or use "
            "kd.losses.FeatureHint, which learns a projection.",
        ),
        (
            lambda: KerasLoss().check(np.zeros((2, 3)), [np.zeros((2, 3))] * 2),
            "KerasLoss compares one output with one output. Received: a student with 2 outputs. "
            "Name the layers to compare: teacher_layer_name=..., student_layer_name=... .",
        ),
    ],
)
def test_refusals(build, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        build()

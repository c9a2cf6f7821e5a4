"""FactorTransfer against the paper's normalized factors in float64."""

import re

import keras
import numpy as np
import pytest

from keras_distill.losses import FactorTransfer
from keras_distill.losses.factor_transfer import factor_difference
from keras_distill.testing import check_distillation_loss


def exact(teacher, student, norm=1):
    t, s = (
        f.astype("float64").reshape(len(f), -1)
        / np.linalg.norm(f.astype("float64").reshape(len(f), -1), axis=-1, keepdims=True)
        for f in (teacher, student)
    )
    return (np.abs(s - t) ** norm).sum(-1)


def draws(teacher_shape, student_shape, seed=0):
    rng = np.random.default_rng(seed)
    return (rng.normal(size=shape).astype("float32") for shape in (teacher_shape, student_shape))


def translated(loss, student):
    """3×3 convolutions with zeros around, fresh normalization, leaky ReLU, in float64."""
    x = student.astype("float64")
    for convolution in loss._translator[::3]:
        kernel = np.array(convolution.kernel, "float64")
        h, w = x.shape[1:3]
        padded = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
        x = sum(
            np.einsum("bhwc,co->bhwo", padded[:, i : i + h, j : j + w], kernel[i, j])
            for i in range(3)
            for j in range(3)
        )
        x = x / np.sqrt(1.001)
        x = np.where(x > 0, x, 0.1 * x)
    return x


@pytest.mark.parametrize("norm", [1, 2])
def test_value_is_the_papers(norm):
    t, s = draws((4, 3, 3, 5), (4, 3, 3, 2))
    loss = FactorTransfer("a", "b", norm=norm, seed=1)
    values = np.array(loss(t, s))
    np.testing.assert_allclose(values, exact(t, translated(loss, s), norm), rtol=1e-4)
    assert [each.kernel.shape[-1] for each in loss._translator[::3]] == [2, 5, 5]
    order = np.array([3, 1, 0, 2])
    np.testing.assert_allclose(loss(t[order], s[order]), values[order], rtol=1e-5)


def test_of_two_sizes_the_larger_is_pooled():
    t, s = draws((2, 4, 4, 3), (2, 2, 2, 3))
    loss = FactorTransfer("a", "b", seed=0)
    values = np.array(loss(t, s))
    pooled = t.reshape(2, 2, 2, 2, 2, 3).mean((2, 4))
    np.testing.assert_allclose(values, exact(pooled, translated(loss, s)), rtol=1e-4)


def test_worked_by_hand():
    # (3, 4)/5 and (1, 0): 0.4 + 0.8, or 0.16 + 0.64.
    t, s = (np.array(x).reshape(1, 1, 2, 1) for x in ([3.0, 4.0], [7.0, 0.0]))
    assert float(factor_difference(t, s)[0]) == pytest.approx(1.2)
    assert float(factor_difference(t, s, norm=2)[0]) == pytest.approx(0.8)


def test_the_autoencoders_first_half_paraphrases():
    t, s = draws((6, 4, 4, 6), (6, 4, 4, 3))
    loss = FactorTransfer("a", "b", paraphrase_rate=0.5, seed=0)
    autoencoder = loss.autoencoder((4, 4, 6))
    assert autoencoder.output_shape == (None, 4, 4, 6)
    assert loss.paraphraser.output_shape == (None, 4, 4, 3)
    autoencoder.compile("adam", "mse")
    first = autoencoder.train_on_batch(t, t)
    for _ in range(10):
        last = autoencoder.train_on_batch(t, t)
    assert last < first
    values = np.array(loss(t, s))
    factors = autoencoder.get_layer("paraphraser").predict(t, verbose=0)
    np.testing.assert_allclose(values, exact(factors, translated(loss, s)), rtol=1e-3)
    # The translator learns, the paraphraser does not.
    assert len(loss.trainable_variables) == 9
    # Config and weights bring the whole loss back.
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(loss))
    again(t, s)
    again.set_weights(loss.get_weights())
    np.testing.assert_allclose(again(t, s), values, rtol=1e-5)
    sentence = (
        "`autoencoder` makes the paraphraser of a new FactorTransfer. Received: one that has a "
        "paraphraser or has been used. Make another FactorTransfer."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        loss.autoencoder((4, 4, 6))


def test_a_paraphraser_of_ones_own():
    halves = keras.layers.AveragePooling2D(2)
    t, s = draws((3, 4, 4, 6), (3, 2, 2, 3))
    loss = FactorTransfer("a", "b", paraphraser=halves, seed=0)
    values = np.array(loss(t, s))
    pooled = t.reshape(3, 2, 2, 2, 2, 6).mean((2, 4))
    np.testing.assert_allclose(values, exact(pooled, translated(loss, s)), rtol=1e-4)


@pytest.mark.parametrize("dtype", ["float32", "float16"])
@pytest.mark.parametrize("norm", [1, 2])
def test_extreme_features_have_finite_gradients(dtype, norm, value_and_gradient):
    t, s = (1e4 * each.astype(dtype) for each in draws((5, 2, 2, 3), (5, 2, 2, 3)))
    s[0], s[1], t[2], s[4] = 0.0, t[1], 0.0, 1e-4
    loss = FactorTransfer("a", "b", norm=norm, seed=0)
    loss(t, s)
    for function in (
        lambda each: loss(t, each),
        lambda each: factor_difference(t, each, norm),
    ):
        values, gradient = value_and_gradient(function, s)
        assert np.isfinite(values).all() and np.isfinite(gradient).all()
        assert values.dtype == np.float32 and (gradient[3] != 0).any()


def test_it_conforms():
    check_distillation_loss(FactorTransfer("a", "b", seed=0), *draws((4, 2, 2, 3), (4, 2, 2, 2)))


def test_config_makes_the_round_trip():
    loss = FactorTransfer("a/b", "c", paraphrase_rate=2, norm=2, seed=4)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(loss))
    assert again.get_config() == loss.get_config() and again.paraphraser is None


@pytest.mark.parametrize(
    "build, kind, sentence",
    [
        (
            lambda: FactorTransfer("a", "b", paraphrase_rate=0),
            ValueError,
            "`paraphrase_rate` must be a number above 0. Received: paraphrase_rate=0. The paper "
            "uses 0.5 to 4.",
        ),
        (
            lambda: FactorTransfer("a", "b", paraphraser="encoder"),
            TypeError,
            "`paraphraser` must be a Keras layer or model, or None. Received: "
            "paraphraser='encoder'.",
        ),
        (
            lambda: FactorTransfer("a", "b", norm=3),
            ValueError,
            "`norm` must be 1 or 2. Received: norm=3.",
        ),
        (
            lambda: FactorTransfer("a", "b").check(np.zeros((2, 7, 7, 3)), np.zeros((2, 4, 4, 3))),
            ValueError,
            "FactorTransfer compares maps (batch, height, width, channels) of sizes where one is a "
            "multiple of the other. Received: teacher layer 'a' of shape (2, 7, 7, 3), student "
            "layer 'b' of shape (2, 4, 4, 3). Name layers before pooling whose sizes fit.",
        ),
        (
            lambda: FactorTransfer("a", "b").check(np.zeros((2, 7)), np.zeros((2, 7))),
            ValueError,
            "FactorTransfer compares maps (batch, height, width, channels) of sizes where one is a "
            "multiple of the other. Received: teacher layer 'a' of shape (2, 7), student layer 'b' "
            "of shape (2, 7). Name layers before pooling whose sizes fit.",
        ),
    ],
)
def test_refusals(build, kind, sentence):
    with pytest.raises(kind, match=f"^{re.escape(sentence)}$"):
        build()

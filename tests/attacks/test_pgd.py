"""PGD: inside the ball, inside the bounds, as NumPy's own and as foolbox's."""

import re

import keras
import numpy as np
import pytest

from keras_distill.attacks import PGD


def linear(weights, activation=None):
    model = keras.Sequential(
        [keras.Input((len(weights),)), keras.layers.Dense(3, activation, use_bias=False)]
    )
    model.set_weights([np.array(weights, "float32")])
    return model


def softmax(z):
    e = np.exp(z - z.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


@pytest.fixture
def problem():
    rng = np.random.default_rng(0)
    w = rng.normal(size=(6, 3))
    return w, rng.random((8, 6)).astype("float32"), rng.integers(0, 3, 8)


def reference(w, x, push, epsilon, step, steps):
    """`push(p)` is the gradient of the damage to the logits."""
    moved = x.astype("float64")
    for _ in range(steps):
        gradient = push(softmax(moved @ w)) @ w.T
        moved = np.clip(moved + step * np.sign(gradient), x - epsilon, x + epsilon)
        moved = np.clip(moved, 0, 1)
    return moved


@pytest.mark.parametrize("activation", [None, "softmax"])
def test_the_steps_are_those_of_numpy(problem, activation):
    w, x, y = problem
    attack = PGD(linear(w, activation), 0.1, 0.03, 7, random_start=False)
    wanted = reference(w, x, lambda p: p - np.eye(3)[y], 0.1, 0.03, 7)
    np.testing.assert_allclose(attack(x, labels=y), wanted, atol=1e-6)


def test_beside_foolbox():
    tf = pytest.importorskip("tensorflow")
    foolbox = pytest.importorskip("foolbox")
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.Input((8, 8, 3)),
            keras.layers.Conv2D(4, 3, activation="tanh"),
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Dense(5),
        ]
    )
    rng = np.random.default_rng(0)
    x, y = rng.random((6, 8, 8, 3)).astype("float32"), rng.integers(0, 5, 6)
    attack = foolbox.attacks.LinfPGD(steps=10, abs_stepsize=0.01, random_start=False)
    theirs = attack.run(
        foolbox.TensorFlowModel(model, bounds=(0, 1), device="/cpu:0"),
        tf.constant(x), tf.constant(y), epsilon=0.03,
    )  # fmt: skip
    ours = PGD(model, 0.03, 0.01, 10, random_start=False)(x, labels=y)
    np.testing.assert_allclose(ours, theirs.numpy(), atol=1e-6)


def test_away_from_the_teacher(problem):
    w, x, _ = problem
    teacher = np.random.default_rng(1).normal(size=(8, 3)).astype("float32")
    attack = PGD(linear(w), 0.1, 0.03, 7, against="teacher", random_start=False)
    wanted = reference(w, x, lambda p: p - softmax(teacher.astype("float64")), 0.1, 0.03, 7)
    np.testing.assert_allclose(attack(x, teacher_outputs=teacher), wanted, atol=1e-6)


def test_a_random_start_is_seeded_and_stays_in_the_ball(problem):
    w, x, y = problem
    one, again = (np.array(PGD(linear(w), 0.05, 0.01, 2, seed=3)(x, labels=y)) for _ in "12")
    np.testing.assert_array_equal(one, again)
    assert np.abs(one - x).max() <= 0.05 + 1e-6 and one.min() >= 0 and one.max() <= 1
    assert (np.array(PGD(linear(w), 0.05, 0.01, 2, seed=4)(x, labels=y)) != one).any()


@pytest.mark.parametrize(
    "call, sentence",
    [
        (lambda m: PGD(m, -1), "`epsilon` must be a number of 0 or more. Received: epsilon=-1."),
        (lambda m: PGD(m, steps=0), "`steps` must be at least 1. Received: steps=0."),
        (
            lambda m: PGD(m, against="all"),
            '`against` must be "labels" or "teacher". Received: against=\'all\'.',
        ),
        (
            lambda m: PGD(m)(np.zeros((1, 6))),
            "This attack goes against the labels. Received: none. Pass labels=..., or train on "
            "data that has them.",
        ),
    ],
)
def test_refusals(problem, call, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        call(linear(problem[0]))

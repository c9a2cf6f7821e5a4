"""FGSM: one step, by hand and beside foolbox."""

import keras
import numpy as np
import pytest

from keras_distill.attacks import FGSM


def test_worked_by_hand():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, use_bias=False)])
    model.set_weights([np.array([[1.0, -1.0], [0.0, 2.0]])])
    # Against label 1 the gradient is W (p − e₁): signs (+, −).
    moved = FGSM(model, 0.25)(np.array([[0.5, 0.1]]), labels=np.array([1]))
    np.testing.assert_allclose(moved, [[0.75, 0.0]], atol=1e-6)


def test_beside_foolbox():
    tf = pytest.importorskip("tensorflow")
    foolbox = pytest.importorskip("foolbox")
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.Input((8, 8, 3)),
            keras.layers.Conv2D(4, 3, activation="relu"),
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Dense(5),
        ]
    )
    rng = np.random.default_rng(0)
    x, y = rng.random((6, 8, 8, 3)).astype("float32"), rng.integers(0, 5, 6)
    attack = foolbox.attacks.LinfFastGradientAttack(random_start=False)
    theirs = attack.run(
        foolbox.TensorFlowModel(model, bounds=(0, 1), device="/cpu:0"),
        tf.constant(x), tf.constant(y), epsilon=0.03,
    )  # fmt: skip
    np.testing.assert_allclose(FGSM(model, 0.03)(x, labels=y), theirs.numpy(), atol=1e-6)

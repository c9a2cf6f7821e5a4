"""adversarial: the student is attacked in training, and stands attacks better for it."""

import re

import keras
import numpy as np
import pytest

from keras_distill.attacks import FGSM, PGD
from keras_distill.distillation import adversarial
from keras_distill.losses import SoftTargets


@pytest.fixture
def task():
    """Two features: a large one that is mostly right, a small one that always is."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 600)
    sign = 2.0 * y - 1
    right = np.where(rng.random(600) < 0.9, 1, -1)
    x = np.stack([0.5 + 0.3 * sign * right, 0.5 + 0.05 * sign], 1)
    return (x + 0.01 * rng.normal(size=x.shape)).astype("float32"), y


def linear(weights):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2)])
    w = np.array(weights, "float32")
    model.set_weights([np.stack([-w, w], 1), np.array([w.sum() / 2, -w.sum() / 2])])
    return model


def test_the_two_terms_are_soft_targets_on_clean_and_attacked(task):
    x, _ = task[0][:64], task[1]
    teacher, student = linear([8.0, 0.0]), linear([1.0, 20.0])
    attack = PGD(student, 0.08, 0.04, 3, against="teacher", random_start=False)
    distiller = adversarial(teacher, student, attack, clean_weight=0.25)
    distiller.compile(keras.optimizers.SGD(0.0))
    logs = distiller.fit(x, batch_size=64, verbose=0).history
    clean = float(np.mean(SoftTargets(1.0)(teacher(x), student(x))))
    moved = attack(x, teacher_outputs=teacher(x))
    attacked = float(np.mean(SoftTargets(1.0)(teacher(x), student(moved))))
    assert logs["soft_targets_loss"][0] == pytest.approx(clean, rel=1e-4)
    assert logs["soft_targets_loss_2"][0] == pytest.approx(attacked, rel=1e-4)
    assert logs["loss"][0] == pytest.approx(0.25 * clean + 0.75 * attacked, rel=1e-4)
    assert attacked > clean + 0.1


@pytest.mark.slow
def test_the_student_learns_to_stand_the_attack(task):
    x, y = task
    teacher, accuracy = linear([8.0, 1.0]), {}
    for clean_weight in (1.0, 0.0):
        keras.utils.set_random_seed(0)
        student = linear([0.5, 40.0])
        distiller = adversarial(teacher, student, FGSM(student, 0.1), clean_weight)
        distiller.compile(keras.optimizers.Adam(0.3))
        distiller.fit(x, y, epochs=30, batch_size=100, verbose=0)
        moved = FGSM(student, 0.1)(x, labels=y)
        accuracy[clean_weight] = (np.array(student(moved)).argmax(-1) == y).mean()
    assert accuracy[0.0] >= 0.85 and accuracy[0.0] >= accuracy[1.0]


def test_it_says_that_it_cannot_be_saved(task, tmp_path):
    student = linear([1.0, 1.0])
    distiller = adversarial(linear([1.0, 1.0]), student, FGSM(student))
    distiller.build((None, 2))
    sentence = (
        "A Distiller with an attack cannot be saved whole: the attack holds the student. Save the "
        "student (student.save(...)), and make the Distiller again."
    )
    with pytest.raises(NotImplementedError, match=f"^{re.escape(sentence)}$"):
        distiller.save(tmp_path / "d.keras")


def test_refusals():
    model, soft = linear([1.0, 1.0]), keras.Sequential([linear([1.0, 1.0]), keras.layers.Softmax()])
    sentence = "`clean_weight` must be between 0 and 1. Received: clean_weight=2."
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        adversarial(model, model, FGSM(model), clean_weight=2)
    sentence = (
        "Teacher and student must both end in logits or both in softmax. Received: a teacher with "
        "probabilities and a student with logits."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        adversarial(soft, model, FGSM(model))

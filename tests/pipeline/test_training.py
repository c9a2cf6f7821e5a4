"""Every arm: the same optimizer, one learning rate that decays to its last step, the same seed."""

import types

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_distill.pipeline import Configuration, training


@pytest.fixture
def journey(teacher_maker):
    rng = np.random.default_rng(0)
    images = rng.random((48, 8, 8, 3)).astype("float32")
    data = tf.data.Dataset.from_tensor_slices((images, rng.integers(0, 4, 48))).batch(16)
    return types.SimpleNamespace(
        data_for=lambda title: (data, data),
        distiller_arguments={"teacher": teacher_maker()},
        steps=3,
        console=None,
        configuration=Configuration(distillation={"student_loss_weight": 1.0}),
    )


def test_the_learning_rate_decays_to_one_percent_at_the_last_step(journey, teacher_maker):
    model = teacher_maker()
    training.fit(journey, "x", model, 2, 0.01, training.label_loss(model))
    schedule = model.optimizer._learning_rate
    assert int(model.optimizer.iterations) == 6
    assert float(schedule(0)) == pytest.approx(0.01)
    assert float(schedule(6)) == pytest.approx(0.0001)


def test_control_and_distilled_differ_by_the_teacher_alone(journey, teacher_maker):
    # With all weight on the labels the teacher has no say: both arms must be the same model.
    initial = keras.models.clone_model(teacher_maker(filters=5))
    control, student = (keras.models.clone_model(initial) for _ in range(2))
    for model in (control, student):
        model.set_weights(initial.get_weights())
    training.fit(journey, "control", control, 2, 0.01, training.label_loss(control))
    distilled = training.distil(journey, "distilled", student, 2, 0.01)
    for one, other in zip(control.get_weights(), distilled.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


def test_named_losses_at_the_temperature_with_their_weights(journey, teacher_maker, monkeypatch):
    made = []
    monkeypatch.setattr(training, "fit", lambda journey, title, model, *rest: made.append(model))
    training.distil(journey, "distilled", teacher_maker(), 1, 0.01)
    named = {"temperature": 2.5, "losses": ["dist", "logit_matching"], "loss_weights": [1.0, 3.0]}
    journey.configuration = Configuration(distillation=named)
    training.distil(journey, "distilled", teacher_maker(), 1, 0.01)
    losses = [[type(loss).__name__ for loss in each.distillation_losses] for each in made]
    assert losses == [["SoftTargets"], ["DIST", "LogitMatching"]]
    assert [each.distillation_losses[0].temperature for each in made] == [4.0, 2.5]
    assert made[1].distillation_loss_weights == [1.0, 3.0]


def test_label_loss_follows_what_the_model_puts_out():
    logits = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)])
    softmax = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3, activation="softmax")])
    assert training.label_loss(logits).from_logits
    assert not training.label_loss(softmax).from_logits

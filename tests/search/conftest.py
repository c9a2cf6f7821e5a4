"""Three classes that lines divide, a teacher that knows them, a student that does not."""

import keras
import numpy as np
import pytest

from keras_distill.search import hyper_distiller

CLASSES, WIDTH = 3, 4


class Problem:
    """Data, a teacher that is right, and a student from the start each time."""

    def __init__(self):
        rng = np.random.default_rng(0)
        kernel = rng.normal(size=(WIDTH, CLASSES)).astype("float32")
        self.x = rng.normal(size=(96, WIDTH)).astype("float32")
        self.y = (self.x @ kernel).argmax(-1)
        self.train = self.x[:64], self.y[:64]
        self.validation = self.x[64:], self.y[64:]
        self.teacher = self.student(32)
        hidden, head = self.teacher.layers
        wide = np.zeros((WIDTH, 32), "float32")
        wide[:, :CLASSES], wide[:, CLASSES : 2 * CLASSES] = kernel, -kernel
        back = np.zeros((32, CLASSES), "float32")
        back[:CLASSES], back[CLASSES : 2 * CLASSES] = 3 * np.eye(3), -3 * np.eye(3)
        hidden.set_weights([wide, np.zeros(32)])
        head.set_weights([back, np.zeros(CLASSES)])

    def student(self, width=4):
        return keras.Sequential(
            [
                keras.Input((WIDTH,)),
                keras.layers.Dense(width, "relu", name="hidden"),
                keras.layers.Dense(CLASSES, name="head"),
            ]
        )


@pytest.fixture
def untrained(monkeypatch):
    """Trials without a training: what they measure is a function of their values.

    Returns a list, to which each trial's temperature is added.
    """
    trials = []
    # It collects garbage, which takes longer than all else.
    monkeypatch.setattr(keras.backend, "clear_session", lambda: None)

    class Stub:
        def __init__(self, teacher, student, losses, weights, student_loss_weight):
            self.away = abs(np.log(losses[0].temperature / 2)) + abs(student_loss_weight - 0.3)
            self.temperature, self.built = losses[0].temperature, False

        def compile(self, optimizer, loss, metrics):
            self.learning_rate = float(optimizer.learning_rate)

        def fit(self, x, y, epochs, validation_data, verbose, check_teacher):
            trials.append(self.temperature)
            if self.learning_rate > 1:
                raise FloatingPointError("The loss is not a number.")
            # Best at 2, and better than ever before the last epoch.
            history = keras.callbacks.History()
            history.history = {
                "val_loss": [self.away] * epochs,
                "val_accuracy": [1.0] * (epochs - 1) + [1 / (1 + self.away)],
            }
            return history

    monkeypatch.setattr(hyper_distiller, "Distiller", Stub)
    return trials


@pytest.fixture
def problem():
    return Problem()

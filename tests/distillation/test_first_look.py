"""The look before training: labels, task loss, how the teacher is fed."""

import re

import keras
import numpy as np
import pytest

from keras_distill import losses, teachers
from keras_distill.distillation import Distiller
from keras_distill.distillation.first_look import (
    check_labels,
    check_task_loss,
    first_examples,
    is_arrays,
    is_classification,
)
from keras_distill.teachers.attached_batch import attached


def refused(build, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        build()


def test_labels_out_of_range_are_named(build, data, cross_entropy):
    x, y = data
    y = y.copy()
    y[60] = 7
    distiller = Distiller(build("t"), build("s"))
    distiller.compile("sgd", cross_entropy)
    sentence = (
        "Labels must be integers in 0 … 3, the student's 4 outputs. Received: 7. Number the "
        "classes from 0, widen the student's head, or mark missing labels with the loss's "
        "`ignore_class`."
    )
    refused(lambda: distiller.fit(x, y, verbose=0), sentence)
    ignoring = keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=7)
    check_labels(ignoring, y, 4)


def test_task_loss_and_kind(cross_entropy):
    check_task_loss(cross_entropy, "logits")
    with pytest.raises(ValueError, match="^The student puts out probabilities"):
        check_task_loss(cross_entropy, "probabilities")
    assert is_classification(cross_entropy) and is_classification("binary_crossentropy")
    assert not is_classification("mse")


def test_first_examples_come_from_anything_but_a_generator(data):
    x, y = data
    assert is_arrays(x) and is_arrays({"a": x})
    first_x, first_y = first_examples(x, y)
    np.testing.assert_array_equal(first_x, x)
    assert first_examples(each for each in [(x, y)]) is None
    with pytest.raises(ValueError, match="^The training data is empty."):
        first_examples(x[:0], y[:0])


def test_a_teacher_fed_wrongly_stops_fit_unless_told_not_to_look(
    build, data, cross_entropy, monkeypatch
):
    class Found:
        finding, sentence = object(), "The teacher wants something else."

    class Well:
        finding, sentence = None, "All is well."

    seen = []

    def look(found):
        def examine(teacher, x, y, class_names=None):
            seen.append(np.asarray(teacher(x)).shape)
            return found

        return examine

    distiller = Distiller(build("t"), build("s"))
    distiller.compile("sgd", cross_entropy)
    monkeypatch.setattr(teachers, "examine", look(Found))
    refused(lambda: distiller.fit(*data, verbose=0), "The teacher wants something else.")
    distiller.fit(*data, verbose=0, check_teacher=False)
    monkeypatch.setattr(teachers, "examine", look(Well))
    distiller.fit(*data, verbose=0)
    assert seen == [(64, 4), (64, 4)]


def test_fit_without_labels_while_a_loss_is_set(build, data, cross_entropy):
    distiller = Distiller(build("t"), build("s"))
    distiller.compile("sgd", cross_entropy)
    refused(
        lambda: distiller.fit(data[0], verbose=0),
        "The Distiller was compiled with loss=SparseCategoricalCrossentropy, which needs labels. "
        "Received: data without labels. Pass y (or a data set of (x, y)), or compile without a "
        "loss to train from the teacher alone.",
    )
    free = Distiller(build("t"), build("s"))
    free.compile("sgd")
    assert "student_loss" not in free.fit(data[0], verbose=0).history


def test_a_loss_that_remembers_examples_says_so_before_the_first_step(build, data):
    x, _ = data
    loss = losses.ContrastiveRepresentation("hidden", "hidden", examples=20, negatives=4)
    distiller = Distiller(build("t"), build("s"), loss)
    distiller.compile("sgd")
    sentence = (
        "ContrastiveRepresentation with a memory bank needs to know which example is which. "
        "Received: sample_ids=None. Attach ids with kd.teachers.attach(...), or pass examples=None "
        "to contrast within the batch."
    )
    refused(lambda: distiller.fit(x, verbose=0), sentence)
    numbered = attached(x, np.arange(len(x)), None)
    sentence = (
        "ContrastiveRepresentation keeps one row for each training example. Received: "
        f"examples=20 and sample_ids from 0 to {len(x) - 1}. Pass the size of the data set as "
        "`examples`."
    )
    refused(lambda: distiller.fit(numbered, verbose=0), sentence)


def test_the_step_is_traced_once(monkeypatch):
    # TensorFlow traces a step again that creates variables: Adam's and the metrics'.
    pytest.importorskip("tensorflow")
    if keras.backend.backend() != "tensorflow":
        pytest.skip("Other backends create variables before the step.")
    traces, own = [], Distiller.train_step
    monkeypatch.setattr(
        Distiller, "train_step", lambda self, data: traces.append(1) or own(self, data)
    )

    def model():
        return keras.Sequential([keras.Input((3,)), keras.layers.Dense(4)])

    distiller = Distiller(model(), model())
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    distiller.compile("adam", loss=loss, metrics=["accuracy"])
    distiller.fit(np.zeros((8, 3), "float32"), np.zeros(8, int), batch_size=4, verbose=0)
    assert len(traces) == 1


def test_ids_beyond_an_embedding_stop_before_the_first_step():
    def model(words, name):
        layers = [keras.layers.Embedding(words, 3), keras.layers.Flatten(), keras.layers.Dense(2)]
        return keras.Sequential([keras.Input((4,), dtype="int32"), *layers], name=name)

    x = {"a": np.full((8, 4), 6, "int32"), "b": np.full((8, 4), 9, "int32")}
    y = np.zeros(8, "int32")
    for teacher, student, who in ((7, 9, "student"), (6, 10, "teacher")):
        distiller = Distiller(
            model(teacher, "teacher"),
            model(student, "student"),
            teacher_inputs="a",
            student_inputs="b",
        )
        distiller.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        words, received = (9, 9) if who == "student" else (6, 6)
        layer = getattr(distiller, who).layers[0].name
        refused(
            lambda distiller=distiller: distiller.fit(x, y, verbose=0),
            f"Expected token ids from 0 to {words - 1}, of which layer '{layer}' of '{who}' has "
            f"embeddings. Received: the id {received}. Use the preprocessor that the model's "
            "weights were made with, or build the model for this vocabulary.",
        )

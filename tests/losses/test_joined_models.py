"""joined_models: copies in the right order, and what cannot be cut."""

import re

import keras
import numpy as np
import pytest

from keras_distill.losses.joined_models import joined_models


def dense(width, name):
    return keras.layers.Dense(width, name=name)


def chain(*widths, name=None):
    x = start = keras.Input((4,))
    for index, width in enumerate(widths):
        x = dense(width, f"dense_{index}")(x)
    return keras.Model(start, x, name=name)


def built(width, given):
    layer = dense(width, "projector")
    layer.build((None, given))
    return layer


def test_layers_run_in_order_with_the_weights_they_had():
    student, teacher, between = chain(3, 2), chain(6, 5, 4), built(6, 3)
    model = joined_models(student, "dense_0", [between], teacher, "dense_0")
    names = [each.name for each in model.layers[1:]]
    assert names == ["dense_0", "projector", "teacher_dense_1", "teacher_dense_2"]
    x = np.ones((2, 4), "float32")
    wanted = between(student.get_layer("dense_0")(x))
    for name in ("dense_1", "dense_2"):
        wanted = teacher.get_layer(name)(wanted)
    np.testing.assert_allclose(model(x), wanted, rtol=1e-5)
    assert [each.trainable for each in model.layers[1:]] == [True, True, False, False]
    assert all(each.trainable for each in teacher.layers)


def test_several_named_inputs_operations_and_branches():
    a, b = keras.Input((3,), name="a"), keras.Input((2,), name="b")
    both = keras.layers.Concatenate(name="both")([a, b])
    student = keras.Model({"a": a, "b": b}, dense(2, "head")(both))
    start = keras.Input((4,))
    x = dense(5, "cut")(start)
    teacher = keras.Model(start, keras.ops.tanh(keras.layers.Add()([x, dense(5, "branch")(x)])))
    model = joined_models(student, "both", [], teacher, "cut")
    given = {"a": np.ones((2, 3), "float32"), "b": np.zeros((2, 2), "float32")}
    x = np.array([[1, 1, 1, 0, 0]] * 2, "float32")
    wanted = np.tanh(x + np.array(teacher.get_layer("branch")(x)))
    np.testing.assert_allclose(model(given), wanted, rtol=1e-5)


def refused(sentence, *arguments):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        joined_models(*arguments)


def test_models_without_a_graph_and_layers_not_their_own():
    class Own(keras.Model):
        def call(self, x):
            return x

    refused(
        "`teacher` must be a Functional or Sequential model. Received: 'mine', a Own whose layers "
        "cannot be seen. Rebuild it as keras.Model(inputs, outputs).",
        chain(3), "dense_0", [], Own(name="mine"), "dense_0",
    )  # fmt: skip
    refused(
        "`reused` cuts the student at one of its own layers. Received: 'backbone/dense_0'; "
        "expected one of 'start', 'backbone' or an earlier one. Flatten nested models first.",
        keras.Sequential([keras.Input((4,)), dense(4, "start"), chain(3, name="backbone")]),
        "backbone/dense_0", [], chain(3), "dense_0",
    )  # fmt: skip


def test_teachers_that_cannot_be_cut():
    start = keras.Input((4,))
    x = dense(4, "inner")(start)
    teacher = keras.Model(start, keras.layers.Add()([start, x]), name="residual")
    refused(
        "The teacher 'residual' cannot be cut at 'inner'. Received: a layer that others pass by; "
        "expected one that everything behind it is computed from. Name a layer nearer to the "
        "output.",
        chain(4), "dense_0", [], teacher, "inner",
    )  # fmt: skip
    refused(
        "The classifier of a teacher with one output is reused. Received: 'two' with 2. Pass "
        "keras.Model(teacher.inputs, one_output).",
        chain(4), "dense_0", [], keras.Model(start, [x, x], name="two"), "inner",
    )  # fmt: skip
    refused(
        "The teacher's layers behind 'dense_0' must take the student's maps. Received: features of "
        "shape (None, 3); expected those of the teacher, (None, 6). Name a student layer of the "
        "same resolution, or a teacher that ends in global pooling.",
        chain(3), "dense_0", [], chain(6, 5), "dense_0",
    )  # fmt: skip
    refused(
        "The teacher 'whole' ends at 'dense_1'. Received: a layer with nothing behind it; expected "
        "the one that feeds the classifier. Name an earlier layer.",
        chain(3), "dense_0", [], chain(6, 5, name="whole"), "dense_1",
    )  # fmt: skip

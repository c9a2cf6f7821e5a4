"""Each row of a kernel must meet the channel that it was trained on."""

import re

import keras
import numpy as np
import pytest
from keras import layers

from keras_distill.models import narrow
from keras_distill.models.kept_channels import copy_kept


def weights(model, name):
    return model.get_layer(name).get_weights()


def copied(teacher):
    student = narrow(teacher, 0.5)
    copy_kept(teacher, student)
    return student


def test_concatenated_and_flattened_channels_are_followed():
    inputs = keras.Input((6, 6, 3))
    a = layers.Conv2D(8, 3, padding="same", bias_initializer="uniform", name="a")(inputs)
    b = layers.Conv2D(4, 3, padding="same", name="b")(inputs)
    x = layers.BatchNormalization(gamma_initializer="uniform", name="norm")(
        layers.Concatenate()([a, b])
    )
    teacher = keras.Model(inputs, layers.Dense(5, name="head")(layers.Flatten()(x)))
    student = copied(teacher)
    kept = [0, 1, 2, 3, 8, 9]
    np.testing.assert_array_equal(weights(student, "a")[1], weights(teacher, "a")[1][:4])
    np.testing.assert_array_equal(weights(student, "norm")[0], weights(teacher, "norm")[0][kept])
    old = weights(teacher, "head")[0].reshape(6, 6, 12, 5)
    new = weights(student, "head")[0].reshape(6, 6, 6, 5)
    np.testing.assert_array_equal(new, old[:, :, kept])


def test_a_student_of_used_channels_alone_is_the_teacher():
    # The teacher's second halves are zeros: what narrow leaves out changes nothing.
    x = inputs = keras.Input((8, 8, 3))
    x = layers.Conv2D(8, 3, name="a")(x)
    x = layers.DepthwiseConv2D(3, depth_multiplier=2, depthwise_initializer="normal")(x)
    x = layers.ReLU()(layers.SeparableConv2D(6, 1, depth_multiplier=2, name="b")(x))
    x = layers.Conv2DTranspose(4, 2, name="c")(x)
    gate = layers.Reshape((1, 1, 4))(layers.GlobalAveragePooling2D()(x))
    x = layers.Multiply()([x, layers.Dense(4, "sigmoid", name="d")(gate)])
    teacher = keras.Model(inputs, layers.Dense(3)(layers.GlobalMaxPooling2D()(x + 0.0)))
    for name, axis in (("a", -1), ("b", -1), ("c", -2)):
        layer = teacher.get_layer(name)
        kernel = layer.pointwise_kernel if name == "b" else layer.kernel
        value = keras.ops.convert_to_numpy(kernel).copy()
        half = value.shape[axis] // 2
        value[(..., slice(half, None), slice(None))[: 2 if axis == -1 else 3]] = 0.0
        kernel.assign(value)
    student = copied(teacher)
    images = np.random.default_rng(0).normal(size=(4, 8, 8, 3)).astype("float32")
    assert student.count_params() < 0.6 * teacher.count_params()
    np.testing.assert_allclose(student(images), teacher(images), rtol=1e-4, atol=1e-6)


def test_grouped_convolutions_cannot_be_followed():
    inputs = keras.Input((8, 8, 3))
    x = layers.Conv2D(8, 3, groups=2, name="grouped")(layers.Conv2D(8, 3)(inputs))
    teacher = keras.Model(inputs, layers.Dense(3)(layers.GlobalMaxPooling2D()(x)))
    sentence = (
        "`narrow` cannot follow the channels through layer 'grouped' (Conv2D) for "
        'initialize="teacher": its groups are not those that its input\'s channels were in. '
        'Pass initialize="random".'
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        narrow(teacher, 0.5, initialize="teacher")
    np.testing.assert_array_equal(
        narrow(teacher, 1.0, initialize="teacher")(np.ones((1, 8, 8, 3))),
        teacher(np.ones((1, 8, 8, 3))),
    )


def test_channels_spread_over_positions_cannot_be_followed():
    inputs = keras.Input((4, 4, 3))
    x = layers.Reshape((16, 2, 4), name="spread")(layers.Conv2D(8, 1)(inputs))
    teacher = keras.Model(inputs, layers.Dense(3)(layers.GlobalMaxPooling2D()(x)))
    sentence = (
        "`narrow` cannot follow the channels through layer 'spread' (Reshape) for "
        'initialize="teacher": it spreads channels over positions. Pass initialize="random".'
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        copied(teacher)

import re

import keras
import numpy as np
import pytest
from keras import layers

from keras_distill.models import cifar_resnet, narrow


def widths(model):
    return {
        layer.name: layer.filters if hasattr(layer, "filters") else layer.units
        for layer in model._flatten_layers(include_self=False)
        if isinstance(layer, (layers.Conv2D, layers.Dense))
    }


def test_every_width_is_scaled_but_the_classifiers():
    teacher = cifar_resnet(8, width=16, input_shape=(28, 28, 1))
    student = narrow(teacher, width=0.25)
    for name, value in widths(teacher).items():
        assert widths(student)[name] == (10 if name == "logits" else value // 4)
    assert [a.name for a in student.layers] == [b.name for b in teacher.layers]
    assert student.output_shape == (None, 10)


def test_width_one_is_the_teachers_own_architecture():
    teacher = cifar_resnet(8, width=4, input_shape=(8, 8, 3))
    assert narrow(teacher, width=1.0).count_params() == teacher.count_params()


def test_initial_weights_are_a_function_of_the_seed():
    teacher = cifar_resnet(8, width=8, input_shape=(8, 8, 1))
    first, again, other = (narrow(teacher, 0.5, seed=s) for s in (3, 3, 4))
    for a, b in zip(first.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    kernels = [w for w in first.get_weights() if w.ndim == 4]
    others = [w for w in other.get_weights() if w.ndim == 4]
    assert all((a != b).any() for a, b in zip(kernels, others, strict=True))
    # Two layers of one shape do not begin alike.
    assert (kernels[1] != kernels[2]).any()


def test_teacher_is_left_as_it_was():
    teacher = cifar_resnet(8, width=8, input_shape=(8, 8, 1))
    before = [w.copy() for w in teacher.get_weights()]
    narrow(teacher)
    for a, b in zip(before, teacher.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_head_behind_softmax_and_inside_a_nested_model_keeps_its_classes():
    backbone = keras.Sequential(
        [keras.Input((8, 8, 1)), layers.Conv2D(8, 3, name="deep"), layers.GlobalMaxPooling2D()],
        name="backbone",
    )
    head = keras.Sequential([keras.Input((8,)), layers.Dense(3), layers.Softmax()], name="head")
    inputs = keras.Input((8, 8, 1))
    teacher = keras.Model(inputs, head(backbone(layers.Rescaling(2.0)(inputs))))
    student = narrow(teacher, width=0.5)
    assert student.output_shape == (None, 3)
    assert student.get_layer("backbone").get_layer("deep").filters == 4
    np.testing.assert_allclose(student(np.ones((2, 8, 8, 1))).numpy().sum(-1), 1.0, rtol=1e-5)


def test_sequential_stays_sequential():
    teacher = keras.Sequential([keras.Input((8, 8, 1)), layers.Conv2D(8, 3), layers.Flatten()])
    teacher.add(layers.Dense(2))
    student = narrow(teacher, 0.5)
    assert isinstance(student, keras.Sequential)
    assert student.layers[0].filters == 4


def test_depthwise_groups_concatenate_and_reshape_follow():
    inputs = keras.Input((8, 8, 4))
    x = layers.Conv2D(16, 3, groups=4, name="grouped")(inputs)
    x = layers.DepthwiseConv2D(3)(x)
    gate = layers.Reshape((1, 1, 16))(layers.GlobalAveragePooling2D()(x))
    x = layers.Multiply()([x, gate])
    x = layers.Concatenate()([x, layers.SeparableConv2D(8, 1)(x)])
    teacher = keras.Model(inputs, layers.Dense(5)(layers.GlobalAveragePooling2D()(x)))
    student = narrow(teacher, 0.5)
    assert student.get_layer("grouped").filters == 8
    assert student.layers[-2].output.shape == (None, 12)
    assert student(np.zeros((1, 8, 8, 4))).shape == (1, 5)


def check_family(name, size, widths):
    teacher = getattr(keras.applications, name)(
        weights=None, input_shape=(size, size, 3), classes=10
    )
    images = np.random.default_rng(0).uniform(0, 255, (2, size, size, 3)).astype("float32")
    for width in widths:
        student = narrow(teacher, width, initialize="teacher")
        scores = keras.ops.convert_to_numpy(student(images))
        assert scores.shape == (2, 10) and np.isfinite(scores).all()
        share = student.count_params() / teacher.count_params()
        assert 0.8 * width**2 < share < 1.3 * width**2
    same = narrow(teacher, 1.0, initialize="teacher")
    np.testing.assert_array_equal(same(images), teacher(images))


@pytest.mark.parametrize("name", ["VGG16", "MobileNet"])
def test_families_of_keras_applications(name):
    check_family(name, 32, [0.5])


@pytest.mark.slow
@pytest.mark.parametrize(
    "name, size",
    [
        ("ResNet50", 64),
        ("ResNet50V2", 64),
        ("DenseNet121", 64),
        ("MobileNetV2", 64),
        ("MobileNetV3Small", 64),
        ("EfficientNetB0", 64),
        ("EfficientNetV2B0", 64),
        ("ConvNeXtTiny", 64),
        ("InceptionV3", 75),
        ("InceptionResNetV2", 75),
        ("Xception", 75),
        ("NASNetMobile", 64),
    ],
)
def test_more_families_of_keras_applications(name, size):
    check_family(name, size, [0.3, 0.5])


def convnext(depths=(1, 1), dims=(8, 16), **kwargs):
    from keras.src.applications.convnext import ConvNeXt

    return ConvNeXt(
        (*depths, 1, 1), (*dims, 16, 24), 0.1, weights=None, input_shape=(32, 32, 3), **kwargs
    )


def test_convnext_scales_and_depthwise_layers_follow_what_reaches_them():
    teacher = convnext(classes=10)
    student = narrow(teacher, 0.5, initialize="teacher")
    depthwise = student.get_layer("convnext_stage_1_block_0_depthwise_conv")
    assert (depthwise.filters, depthwise.groups) == (8, 8)
    assert student.get_layer("convnext_stage_1_block_0_layer_scale").projection_dim == 8
    images = np.random.default_rng(0).uniform(0, 255, (2, 32, 32, 3)).astype("float32")
    assert student(images).shape == (2, 10)
    np.testing.assert_array_equal(narrow(teacher, 1.0, "teacher")(images), teacher(images))
    # Without a head the last stage keeps the width that its outputs have.
    features = convnext(include_top=False)
    assert narrow(features, 0.5, "teacher").output_shape == features.output_shape


def test_channels_that_are_halved_and_joined_meet_again():
    # 0.3 · 44 = 13, but 0.3 · 22 + 0.3 · 22 = 7 + 7, as in NASNet.
    inputs = keras.Input((4, 4, 3))
    halves = [layers.Conv2D(22, 1)(inputs) for _ in range(2)]
    x = layers.Add()([layers.Conv2D(44, 1)(inputs), layers.Concatenate()(halves)])
    teacher = keras.Model(inputs, layers.Dense(5)(layers.Flatten()(x)))
    student = narrow(teacher, 0.3, initialize="teacher")
    assert student.layers[-2].input.shape == (None, 4, 4, 12)
    assert student(np.zeros((1, 4, 4, 3))).shape == (1, 5)


def test_channels_that_cannot_meet_are_refused():
    inputs = keras.Input((4, 4, 3))
    parts = layers.Concatenate()([layers.Conv2D(n, 1)(inputs) for n in (3, 5)])
    x = layers.Add()([layers.Conv2D(8, 1)(inputs), parts])
    teacher = keras.Model(inputs, layers.Dense(5)(layers.Flatten()(x)), name="odd")
    with raises(
        "`narrow` cannot bring the channels of model 'odd' together again where its layers meet. "
        "Received: width=0.3. Try another width, such as 0.5 or 0.25, or write the student "
        "yourself and hand it to kd.Distiller."
    ):
        narrow(teacher, 0.3)


def test_initialize_is_one_of_two():
    with raises('`initialize` must be "random" or "teacher". Received: initialize=\'zeros\'.'):
        narrow(cifar_resnet(8, 2, (8, 8, 1)), initialize="zeros")


def test_students_weights_are_the_teachers_first():
    teacher = cifar_resnet(8, width=8, input_shape=(8, 8, 1))
    student = narrow(teacher, 0.5, initialize="teacher")
    for name in ("stem", "stage_2_block_1_shortcut", "stage_3_block_1_2"):
        old, new = (model.get_layer(name).get_weights()[0] for model in (teacher, student))
        np.testing.assert_array_equal(new, old[:, :, : new.shape[2], : new.shape[3]])
    images = np.random.default_rng(0).normal(size=(2, 8, 8, 1)).astype("float32")
    first = [
        keras.Model(m.input, m.get_layer("stem_relu").output)(images) for m in (teacher, student)
    ]
    np.testing.assert_allclose(first[1], first[0][..., :4], rtol=1e-5, atol=1e-6)


def test_adapted_normalization_keeps_what_it_learned():
    normalization = layers.Normalization()
    normalization.adapt(np.random.default_rng(0).normal(3.0, 2.0, (64, 4)).astype("float32"))
    teacher = keras.Sequential([keras.Input((4,)), normalization, layers.Dense(2)])
    student = narrow(teacher, 0.5)
    x = np.ones((2, 4), "float32")
    np.testing.assert_array_equal(student.layers[0](x), normalization(x))


def raises(sentence):
    return pytest.raises(ValueError, match="^" + re.escape(sentence) + "$")


def test_layer_it_cannot_narrow_is_named():
    teacher = keras.Sequential([keras.Input((4, 3)), layers.LSTM(8, name="memory")], name="reader")
    teacher.add(layers.Dense(2))
    with raises(
        "`narrow` does not know how to narrow layer 'memory' (LSTM) of model 'reader'. It knows "
        "convolutions, Dense, BatchNormalization, LayerNormalization, Normalization and layers "
        "without weights. Write the student yourself and hand it to kd.Distiller."
    ):
        narrow(teacher)


@pytest.mark.parametrize("width", [0, -1, 1.5])
def test_wrong_width(width):
    with raises(
        "`width` is the share of channels to keep, above 0 and at most 1. " + f"Received: {width}."
    ):
        narrow(cifar_resnet(8, 2, (8, 8, 1)), width)


def test_subclassed_model_is_refused():
    class Own(keras.Model):
        def call(self, x):
            return x

    with raises(
        "`narrow` rebuilds Functional and Sequential models. Received: Own. Write the student "
        "yourself and hand it to kd.Distiller."
    ):
        narrow(Own())


def test_sequential_without_shapes_is_refused():
    with raises(
        "`narrow` needs to know the shapes. Received: a Sequential model that was never built. "
        "Give it a keras.Input or call it on data first."
    ):
        narrow(keras.Sequential([layers.Dense(2)]))

"""A narrower model predicts what the old one would without the dropped channels."""

import re
import warnings

import keras
import numpy as np
import pytest
from keras import layers

from keras_distill import export, footprint, predictors
from keras_distill.compression import (
    ConstantSparsity,
    channel_groups,
    prune_channels,
    prune_low_magnitude,
    quantize_model,
    strip_pruning,
    summary,
)
from keras_distill.compression.channels.channel_graph import ChannelGraph
from keras_distill.compression.channels.sliced_copy import sliced_copy
from keras_distill.compression.graph.prerequisites import prepared_layers
from keras_distill.distillation import Distiller
from keras_distill.models import cifar_resnet, narrow


def norm(x, name):
    return layers.BatchNormalization(
        gamma_initializer="random_uniform",
        beta_initializer="random_normal",
        moving_mean_initializer="random_normal",
        moving_variance_initializer=keras.initializers.RandomUniform(0.5, 2.0),
        name=name,
    )(x)


def conv(x, filters, name, size=3, **kwargs):
    kwargs = {"padding": "same", "bias_initializer": "random_normal", **kwargs}
    return layers.Conv2D(filters, size, name=name, **kwargs)(x)


def dense(x, units, name, **kwargs):
    return layers.Dense(units, bias_initializer="random_normal", name=name, **kwargs)(x)


# Each maker returns a model and its groups by hand: the layers whose filters make the channels,
# and those behind that hold numbers for them, with the place where they begin.


def residual():
    image = keras.Input((8, 8, 2))
    x = layers.Rescaling(2.0, -1.0)(image)
    x = layers.ReLU()(norm(conv(x, 6, "stem"), "stem_norm"))
    y = layers.ReLU()(norm(conv(x, 5, "inside", groups=1), "inside_norm"))
    y = norm(conv(y, 6, "second", use_bias=False), "second_norm")
    x = layers.Activation("relu")(layers.Add()([x, y]))
    y = norm(conv(x, 9, "shortcut", 1, strides=2), "shortcut_norm")
    x = norm(conv(x, 9, "down", strides=2), "down_norm")
    x = layers.AveragePooling2D(2)(layers.LeakyReLU()(x + y))
    x = dense(layers.Flatten()(x), 7, "hidden", activation="relu")
    model = keras.Model(image, dense(layers.Dropout(0.2)(x), 4, "head", activation="softmax"))
    return model, [
        (["stem", "second"], [("stem_norm", 0), ("second_norm", 0)]),
        (["inside"], [("inside_norm", 0)]),
        (["shortcut", "down"], [("shortcut_norm", 0), ("down_norm", 0)]),
        (["hidden"], []),
    ]


def squeeze_excite():
    image = keras.Input((8, 8, 2))
    x = layers.PReLU(alpha_initializer="random_uniform", name="prelu")(conv(image, 6, "stem"))
    x = layers.ZeroPadding2D(1)(x)
    x = norm(layers.DepthwiseConv2D(3, use_bias=False, name="depthwise")(x), "depthwise_norm")
    x = layers.Activation("silu")(x)
    gate = layers.Reshape((1, 1, 6))(layers.GlobalAveragePooling2D()(x))
    gate = conv(gate, 4, "reduce", 1, activation="silu")
    gate = conv(gate, 6, "expand", 1, activation="sigmoid")
    x = conv(layers.Multiply()([x, gate]), 5, "project", 1, use_bias=False)
    x = layers.GlobalMaxPooling2D()(norm(x, "project_norm"))
    return keras.Model(image, dense(x, 4, "head")), [
        (["stem", "expand"], [("depthwise_norm", 0)]),
        (["reduce"], []),
        (["project"], [("project_norm", 0)]),
    ]


def concatenated():
    image = keras.Input((8, 8, 2))
    a, b = conv(image, 6, "a"), conv(image, 4, "b", activation="gelu")
    x = layers.ReLU(6.0)(norm(layers.Concatenate()([a, b]), "both"))
    x = layers.SeparableConv2D(6, 3, depth_multiplier=2, activation="relu", name="separable")(x)
    x = layers.UpSampling2D(2)(layers.MaxPooling2D(2)(x))
    x = layers.Conv2DTranspose(5, 2, strides=2, activation="tanh", name="transposed")(x)
    x = layers.Concatenate()([x, layers.Cropping2D(0)(x)])
    return keras.Model(image, dense(layers.GlobalAveragePooling2D()(x), 3, "head")), [
        (["a"], [("both", 0)]),
        (["b"], [("both", 6)]),
        (["separable"], []),
        (["transposed"], []),
    ]


def one_axis():
    signal = keras.Input((12, 2))
    x = norm(layers.Conv1D(6, 3, name="first")(signal), "first_norm")
    x = layers.SeparableConv1D(5, 3, activation="relu", name="separable")(x)
    x = layers.SpatialDropout1D(0.1)(layers.MaxPooling1D(2)(x))
    x = layers.Conv1DTranspose(4, 2, name="transposed")(x)
    x = layers.GlobalAveragePooling1D()(x)
    return keras.Model(signal, dense(x, 3, "head")), [
        (["first"], [("first_norm", 0)]),
        (["separable"], []),
        (["transposed"], []),
    ]


def nested():
    start = keras.Input((8, 8, 4))
    y = layers.ReLU()(norm(conv(start, 6, "inner"), "inner_norm"))
    block = keras.Model(start, layers.Add()([conv(y, 4, "back"), start]), name="block")
    image = keras.Input((8, 8, 2))
    tail = keras.Sequential([keras.Input((8, 8, 4)), layers.ReLU(), layers.Flatten()], name="tail")
    x = tail(block(conv(image, 4, "stem")))
    return keras.Model(image, dense(x, 3, "head")), [
        (["stem", "block/back"], []),
        (["block/inner"], [("block/inner_norm", 0)]),
    ]


MAKERS = (residual, squeeze_excite, concatenated, one_axis, nested)


def find(model, path):
    for name in path.split("/"):
        model = model.get_layer(name)
    return model


def filters(layer):
    """A layer's kernel with its filters along the last axis, and the way back."""
    kernel = layer.pointwise_kernel if hasattr(layer, "pointwise_kernel") else layer.kernel
    axis = -2 if "Transpose" in type(layer).__name__ else -1
    return kernel, axis


def zeroed(model, groups, fraction):
    """Sets the least filters of each group to zero in the model itself, after Li et al."""
    for producers, behind in groups:
        made = [filters(find(model, path)) for path in producers]
        norms = [
            np.abs(np.moveaxis(np.array(kernel), axis, -1)).reshape(-1, kernel.shape[axis]).sum(0)
            for kernel, axis in made
        ]
        gone = np.argsort(sum(norms))[: int(fraction * len(norms[0]))]
        for (kernel, axis), path in zip(made, producers, strict=True):
            value = np.moveaxis(np.array(kernel), axis, -1)
            value[..., gone] = 0.0
            kernel.assign(np.moveaxis(value, -1, axis))
            zero(find(model, path), ("bias",), gone)
        for path, start in behind:
            zero(find(model, path), ("gamma", "beta"), start + gone)


def zero(layer, names, which):
    for name in names:
        variable = getattr(layer, name, None)
        if variable is not None:
            value = np.array(variable)
            value[which] = 0.0
            variable.assign(value)


def data_for(model, count=4):
    rng = np.random.default_rng(0)
    return rng.normal(size=(count, *model.input_shape[1:])).astype("float32")


@pytest.mark.parametrize("fraction", [0.5, 0.75])
@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_it_predicts_as_the_original_with_the_dropped_channels_zeroed(make, fraction):
    model, groups = make()
    inputs = data_for(model)
    before = np.array(model(inputs))
    small = prune_channels(model, fraction)
    np.testing.assert_array_equal(model(inputs), before)
    zeroed(model, groups, fraction)
    after = np.array(model(inputs))
    np.testing.assert_allclose(small(inputs), after, atol=1e-5, rtol=1e-5)
    assert np.abs(after - before).max() > 1e-3
    for producers, _ in groups:
        for path in producers:
            kernel, axis = filters(find(model, path))
            kept = kernel.shape[axis] - int(fraction * kernel.shape[axis])
            assert filters(find(small, path))[0].shape[axis] == kept
    assert [layer.name for layer in small.layers] == [layer.name for layer in model.layers]


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_fraction_zero_is_a_copy_to_the_bit(make):
    model, _ = make()
    copy = prune_channels(model, 0.0)
    inputs = data_for(model)
    np.testing.assert_array_equal(copy(inputs), model(inputs))
    assert not set(map(id, copy.weights)) & set(map(id, model.weights))


def test_behind_a_sigmoid_the_next_kernel_sees_zeros():
    model = keras.Sequential(
        [keras.Input((5,)), layers.Dense(6, "sigmoid", name="a"), layers.Dense(3, name="b")]
    )
    inputs = data_for(model)
    small = prune_channels(model, 0.5)
    gone = np.argsort(np.abs(np.array(model.get_layer("a").kernel)).sum(0))[:3]
    kernel = np.array(model.get_layer("b").kernel)
    kernel[gone] = 0.0
    model.get_layer("b").kernel.assign(kernel)
    np.testing.assert_allclose(small(inputs), model(inputs), atol=1e-6)
    assert isinstance(small, keras.Sequential)


def test_a_convolution_with_one_group_for_each_channel_is_depthwise():
    image = keras.Input((6, 6, 2))
    x = layers.Conv2D(6, 3, groups=6, name="each")(conv(image, 6, "stem"))
    model = keras.Model(image, dense(layers.Flatten()(x), 3, "head"))
    small = prune_channels(model, 0.5)
    assert (small.get_layer("each").filters, small.get_layer("each").groups) == (3, 3)
    zeroed(model, [(["stem"], [])], 0.5)
    np.testing.assert_allclose(small(data_for(model)), model(data_for(model)), atol=1e-5)


def test_depthwise_with_a_multiplier_spreads_each_channel():
    image = keras.Input((6, 6, 2))
    x = layers.DepthwiseConv2D(3, depth_multiplier=3, name="each")(conv(image, 4, "stem"))
    model = keras.Model(image, dense(layers.GlobalAveragePooling2D()(norm(x, "norm")), 3, "head"))
    model.get_layer("norm").beta.assign(np.zeros(12))
    model.get_layer("norm").moving_mean.assign(np.zeros(12))
    small = prune_channels(model, 0.5)
    assert small.get_layer("norm").gamma.shape == (6,)
    zeroed(model, [(["stem"], [])], 0.5)
    np.testing.assert_allclose(small(data_for(model)), model(data_for(model)), atol=1e-5)


def test_every_layer_keeps_one_channel():
    image = keras.Input((4, 4, 2))
    parts = [conv(image, n, f"part_{n}", 1) for n in (1, 2, 5)]
    whole = conv(image, 8, "whole", 1)
    x = layers.Add()([whole, layers.Concatenate()(parts)])
    model = keras.Model(image, dense(layers.Flatten()(x), 3, "head"))
    for part in (1, 2):
        layer = model.get_layer(f"part_{part}")
        layer.set_weights([np.zeros(weight.shape) for weight in layer.get_weights()])
    small = prune_channels(model, 0.8)
    assert small.get_layer("part_1").filters == small.get_layer("part_2").filters == 1
    # Six of eight would leave two, and there are three parts.
    assert small.get_layer("whole").filters == 3


def half(model):
    """The second half of every filter bank but the last is zero: what narrow leaves out."""
    rng = np.random.default_rng(0)
    made = [layer for layer in model.layers if hasattr(layer, "filters") or hasattr(layer, "units")]
    for layer in model.layers:
        if isinstance(layer, layers.BatchNormalization) and layer.scale:
            layer.gamma.assign(rng.uniform(0.5, 1.5, layer.gamma.shape))
    for layer in made[:-1]:
        if hasattr(layer, "depthwise_kernel") and not hasattr(layer, "pointwise_kernel"):
            continue
        kernel, _ = filters(layer)
        value = np.array(kernel)
        value[..., value.shape[-1] // 2 :] = 0.0
        kernel.assign(value)


def check_family(name, size):
    """Parameters and MACs as `narrow` announces them; the same predictions."""
    model = getattr(keras.applications, name)(
        weights=None, input_shape=(size, size, 3), classes=10, classifier_activation=None
    )
    half(model)
    announced = narrow(model, 0.5)
    small = prune_channels(model, 0.5)
    assert small.count_params() == announced.count_params() < 0.3 * model.count_params()
    assert footprint.macs(small) == footprint.macs(announced) < 0.3 * footprint.macs(model)
    images = np.random.default_rng(0).uniform(0, 255, (2, size, size, 3)).astype("float32")
    expected = np.array(model(images))
    scale = np.abs(expected).max()
    np.testing.assert_allclose(small(images) / scale, expected / scale, atol=1e-5)


@pytest.mark.parametrize("name", ["MobileNet"])
def test_a_family_of_keras_applications(name):
    check_family(name, 32)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name, size",
    [
        ("VGG16", 32),
        ("MobileNetV2", 32),
        ("MobileNetV3Small", 32),
        ("ResNet50", 32),
        ("ResNet50V2", 32),
        ("EfficientNetB0", 32),
        ("EfficientNetV2B0", 32),
        ("DenseNet121", 32),
        ("InceptionV3", 75),
        ("Xception", 71),
    ],
)
def test_families_lose_the_parameters_and_multiplications_announced(name, size):
    check_family(name, size)


@pytest.mark.slow
@pytest.mark.parametrize("name, size", [("NASNetMobile", 32), ("InceptionResNetV2", 75)])
def test_families_whose_channels_meet_crosswise(name, size):
    model = getattr(keras.applications, name)(
        weights=None, input_shape=(size, size, 3), classes=10, classifier_activation=None
    )
    rng = np.random.default_rng(0)
    for layer in model.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.beta.assign(rng.normal(0.0, 0.2, layer.beta.shape))
            layer.moving_mean.assign(rng.normal(0.0, 0.2, layer.beta.shape))
    graph = ChannelGraph(model)
    dropped = np.zeros(graph.size, bool)
    for tied in graph.tied():
        if tied.group.reason is None:
            dropped[rng.permutation(tied.numbers)[: len(tied.numbers) // 2]] = True
    small = sliced_copy(model, graph, dropped)
    assert small.count_params() < 0.4 * model.count_params()
    # Every kernel sees zeros: its rows for the dropped channels are none.
    for layer, numbers in graph.consumers:
        kernel = getattr(layer, "depthwise_kernel", None)
        kernel = layer.kernel if kernel is None else kernel
        value = np.array(kernel)
        value[..., dropped[graph.roots(numbers)], :] = 0.0
        kernel.assign(value)
    images = rng.uniform(0, 255, (2, size, size, 3)).astype("float32")
    expected = np.array(model(images))
    scale = np.abs(expected).max()
    np.testing.assert_allclose(small(images) / scale, expected / scale, atol=1e-5)


def test_bars_at_one_half():
    model = cifar_resnet(8, width=8, input_shape=(8, 8, 1))
    small = prune_channels(model, 0.5)
    before, after = summary(model), summary(small)
    # By hand: both of a kernel's axes are halved, but the image's one and the ten classes.
    for path, facts in before.items():
        share = {"stem": 0.5, "logits": 0.5}.get(path, 0.25)
        assert after[path]["macs"] == share * facts["macs"]
    assert footprint.parameters(small) == footprint.parameters(narrow(model, 0.5))


def test_bn_scale_keeps_the_channels_of_large_scale():
    model, _ = residual()
    gamma = np.array([0.9, -0.1, 0.2, -0.8, 0.3])
    model.get_layer("inside_norm").gamma.assign(gamma)
    small = prune_channels(model, 0.4, importance="bn_scale")
    np.testing.assert_allclose(small.get_layer("inside_norm").gamma, [0.9, -0.8, 0.3])
    # `hidden` has no BatchNormalization.
    assert small.get_layer("hidden").units == 7


def test_taylor_keeps_the_channels_that_the_loss_needs():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(64, 6)).astype("float32")
    y = (x[:, :1] > 0).astype("float32")
    model = keras.Sequential(
        [keras.Input((6,)), layers.Dense(6, "relu", name="a"), layers.Dense(1, name="b")]
    )
    # Units see one input each, the useful one with the smallest weight.
    weights = np.diag([0.5, 1, 1, 1, 1, 1]).astype("float32")
    model.get_layer("a").kernel.assign(weights)
    model.get_layer("b").kernel.assign(np.array([[4.0], *[[1e-3]] * 5]))
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    kernel = prune_channels(model, 0.8, "taylor", data=(x, y), loss=loss).get_layer("a").kernel
    assert kernel[0, 0] == 0.5
    model.compile(loss=loss)
    again = prune_channels(model, 0.8, "taylor", data=[(x[:32], y[:32]), (x[32:], y[32:])])
    np.testing.assert_array_equal(again.get_layer("a").kernel, kernel)
    assert prune_channels(model, 0.8).get_layer("a").kernel[0, 0] == 0.0


def test_flags_regularizers_and_policies_are_kept():
    model = keras.Sequential(
        [
            keras.Input((6, 6, 2)),
            layers.Conv2D(4, 3, kernel_regularizer="l2", trainable=False, name="a"),
            layers.Conv2D(4, 3, dtype="mixed_float16", kernel_constraint="max_norm", name="b"),
            keras.Sequential(
                [keras.Input((2, 2, 4)), layers.Conv2D(4, 1, name="c", trainable=False)], name="d"
            ),
            layers.Flatten(),
            layers.Dense(3, name="head"),
        ]
    )
    small = prune_channels(model, 0.5)
    assert isinstance(small.get_layer("a").kernel_regularizer, keras.regularizers.L2)
    assert not small.get_layer("a").trainable and small.get_layer("b").trainable
    assert not small.get_layer("d").get_layer("c").trainable
    assert small.get_layer("b").dtype_policy.name == "mixed_float16"
    assert isinstance(small.get_layer("b").kernel_constraint, keras.constraints.MaxNorm)
    assert len(small.trainable_weights) == len(model.trainable_weights) == 4


def test_adapted_normalization_keeps_what_it_learned():
    first = layers.Normalization(name="first")
    first.adapt(np.random.default_rng(0).normal(3.0, 2.0, (64, 5)).astype("float32"))
    model = keras.Sequential([keras.Input((5,)), first, layers.Dense(4), layers.Dense(2)])
    copy = prune_channels(model, 0.0)
    np.testing.assert_array_equal(copy(data_for(model)), model(data_for(model)))


def test_saved_and_loaded(tmp_path):
    model, _ = squeeze_excite()
    small = prune_channels(model, 0.5)
    small.save(tmp_path / "small.keras")
    loaded = keras.models.load_model(tmp_path / "small.keras")
    np.testing.assert_array_equal(loaded(data_for(model)), small(data_for(model)))


def test_a_model_compiled_with_a_loss_of_its_own():
    model, _ = one_axis()
    model.compile("adam", loss=lambda y, p: keras.ops.mean(y - p))
    assert prune_channels(model, 0.5).count_params() < model.count_params()


def test_what_cannot_be_followed_is_copied_with_the_reason():
    image = keras.Input((4, 4, 2))
    x = layers.GroupNormalization(2, name="mixing")(conv(image, 4, "stem"))
    model = keras.Model(image, dense(layers.Flatten()(x), 3, "head"), name="m")
    sentence = (
        "`prune_channels` dropped nothing from 'm' and returns a copy: layer 'mixing' "
        "(GroupNormalization) is none of those whose channels can be followed; they are the "
        "model's output. See `keras_distill.compression.channel_groups(model)`."
    )
    with pytest.warns(UserWarning, match=f"^{re.escape(sentence)}$"):
        copy = prune_channels(model, 0.5)
    np.testing.assert_array_equal(copy(data_for(model)), model(data_for(model)))
    assert copy is not model


def test_too_small_a_fraction_says_so():
    model, _ = one_axis()
    sentence = (
        f"`prune_channels` dropped nothing from '{model.name}' and returns a copy: fraction=0.1 "
        "of at most 6 channels is less than one. See "
        "`keras_distill.compression.channel_groups(model)`."
    )
    with pytest.warns(UserWarning, match=f"^{re.escape(sentence)}$"):
        prune_channels(model, 0.1)


def raises(sentence, error=ValueError):
    return pytest.raises(error, match=f"^{re.escape(sentence)}$")


@pytest.mark.parametrize("fraction", [-0.1, 1, 1.5, "half", True, None, float("nan")])
def test_fraction_out_of_range(fraction):
    with raises(
        "`fraction` is the share of channels to drop, at least 0 and below 1. Received: "
        f"fraction={fraction!r}."
    ):
        prune_channels(one_axis()[0], fraction)


def test_unknown_importance():
    with raises('`importance` must be "l1", "bn_scale" or "taylor". Received: importance=\'l2\'.'):
        prune_channels(one_axis()[0], 0.5, importance="l2")


def test_bn_scale_without_a_batch_normalization():
    model = keras.Sequential([keras.Input((3,)), layers.Dense(4), layers.Dense(2)], name="plain")
    with raises(
        '`prune_channels` with importance="bn_scale" judges channels by the scale of their '
        "BatchNormalization. Received: 'plain', which has none with a scale. Pass "
        'importance="l1" or "taylor".'
    ):
        prune_channels(model, 0.5, importance="bn_scale")


def test_taylor_without_data_or_without_a_loss():
    model = keras.Sequential([keras.Input((3,)), layers.Dense(4), layers.Dense(2)], name="plain")
    with raises(
        '`prune_channels` with importance="taylor" needs labelled examples to take gradients on. '
        "Received: data=None. Pass data=(x, y), a few hundred of the training set."
    ):
        prune_channels(model, 0.5, importance="taylor")
    with raises(
        '`prune_channels` with importance="taylor" needs a loss. Received: loss=None and '
        "'plain', which is not compiled with one. Pass loss=, or call `model.compile(loss=…)` "
        "first."
    ):
        prune_channels(model, 0.5, importance="taylor", data=(np.ones((2, 3)), np.ones((2, 2))))


def test_taylor_on_another_backend(monkeypatch):
    model, _ = one_axis()
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    with raises(
        '`prune_channels` with importance="taylor" needs gradients on Keras\'s TensorFlow backend. '
        'Received: backend \'jax\'. Pass importance="l1" or "bn_scale", or set '
        "KERAS_BACKEND=tensorflow before the first import of keras.",
        RuntimeError,
    ):
        prune_channels(model, 0.5, importance="taylor")


def test_a_model_that_is_not_built_or_not_of_keras_3():
    with raises(
        "`prune_channels` expects a built model, whose weights exist. Received: 'raw', not built. "
        "Give it an `keras.Input`, or call `model.build(input_shape)` first."
    ):
        prune_channels(keras.Sequential([layers.Dense(2)], name="raw"), 0.5)

    class Sequential:
        """Stands for Keras 2's class, whose import would cost seconds."""

    Sequential.__module__ = "tf_keras.src.engine.sequential"
    with raises(
        "`prune_channels` expects a Keras 3 model. Received: 'Sequential' of tf_keras (Keras 2). "
        "Call TF-MOT's own verb on it, or rebuild it with `import keras` and copy its weights with "
        "`set_weights`."
    ):
        prune_channels(Sequential(), 0.5)


@pytest.mark.parametrize("prepare", [prune_low_magnitude, quantize_model])
def test_a_prepared_model(prepare):
    model = keras.Sequential([keras.Input((3,)), layers.Dense(2, name="a")], name="m")
    prepared = prepare(model)
    path, layer = prepared_layers(prepared)[0]
    with raises(
        "`prune_channels` expects a model that is not prepared yet. Received: 'm', whose layer "
        f"'{path}' is a {type(layer).__name__}. Drop channels first; call `strip_pruning` or "
        "`strip_clustering` on a model that was prepared for these."
    ):
        prune_channels(prepared, 0.5)


def test_no_warning_where_something_is_dropped():
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        small = prune_channels(one_axis()[0], 0.5)
    assert [group.channels for group in channel_groups(small)] == [3, 3, 2, 3]


@pytest.mark.slow
def test_a_narrower_network_is_measurably_faster(tmp_path):
    image = keras.Input((64, 64, 3), name="image")
    x = layers.ReLU()(conv(image, 32, "stem", strides=2))
    for index in range(6):
        x = layers.ReLU()(conv(x, 64, f"conv_{index}"))
    model = keras.Model(image, dense(layers.GlobalAveragePooling2D()(x), 10, "head"), name="m")
    small = prune_channels(model, 0.5)
    images = np.random.default_rng(0).random((8, 64, 64, 3)).astype("float32")
    files = {
        name: export.to_tflite(each, tmp_path / f"{name}.tflite")
        for name, each in (("small", small), ("whole", model))
    }
    report = footprint.compare_latency(files, runs=200, inputs=images, loads=0)
    print(report)
    ratio = report.rows[1].ratio.ratio
    assert footprint.macs(model) > 3.8 * footprint.macs(small)
    assert ratio > 1.5


@pytest.mark.slow
def test_it_is_an_ordinary_student_and_goes_on_to_int8(quadrants, tmp_path):
    images, labels = quadrants(512, 16)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    teacher = cifar_resnet(8, width=16, input_shape=(16, 16, 1), num_classes=4)
    teacher.compile(keras.optimizers.Adam(3e-3), loss)
    teacher.fit(images, labels, epochs=4, verbose=0)
    student = prune_channels(teacher, 0.5, "taylor", data=(images[:128], labels[:128]))
    student = distilled(teacher, student, images, labels, 3)
    sparse = prune_low_magnitude(student, ConstantSparsity(0.5, begin_step=0, frequency=1))
    student = strip_pruning(distilled(teacher, sparse, images, labels, 1))
    int8 = distilled(teacher, quantize_model(student, preserve_sparsity=True), images, labels, 2)
    facts = summary(int8)
    assert facts["stage_1_block_1_1"]["sparsity"] >= 0.5
    assert facts["stage_1_block_1_1"]["macs"] == 16 * 16 * 9 * 8 * 8
    artefact = export.to_tflite(int8, tmp_path / "student.tflite", recipe="int8")
    scores = predictors.load(artefact).predict(images)
    assert np.mean(np.argmax(scores, -1) == labels) > 0.9


def distilled(teacher, student, images, labels, epochs):
    distiller = Distiller(teacher, student, student_loss_weight=0.5)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    distiller.compile(keras.optimizers.Adam(3e-3), loss)
    distiller.fit(images, labels, epochs=epochs, verbose=0)
    return student

import keras
import numpy as np
import pytest

from keras_distill import _tfmot
from keras_distill.compression import (
    ConstantSparsity,
    PolynomialDecay,
    PrunedLayer,
    PruneForLatencyOnXNNPack,
    prune_low_magnitude,
    quantize_model,
    strip_pruning,
    summary,
)

LOSS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def twin_of(model):
    """The same model in tf_keras, with the same weights."""
    _ = _tfmot.Pruning  # TF-MOT comes in by the one door before anything of Keras 2
    import tf_keras

    shape = model.input_shape[1:]
    twin = tf_keras.Sequential(name=model.name)
    twin.add(tf_keras.layers.InputLayer(shape))
    for layer in model.layers:
        name = type(layer).__name__
        config = {"name": layer.name}
        for key in ("units", "filters", "kernel_size", "padding", "use_bias", "pool_size"):
            if hasattr(layer, key):
                config[key] = getattr(layer, key)
        if hasattr(layer, "activation"):
            config["activation"] = layer.activation.__name__
        twin.add(getattr(tf_keras.layers, name)(**config))
    for old, new in zip(model.layers, twin.layers, strict=True):
        new.set_weights(old.get_weights())
    return twin


def small_cnn():
    # Without BatchNormalization and depthwise kernels, whose gradients Keras 2 and 3 round apart:
    # test_prune_low_magnitude_oracle.py compares those, fed the same gradients.
    return keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            keras.layers.Conv2D(8, 3, activation="relu"),
            keras.layers.MaxPooling2D(2),
            keras.layers.Conv2D(4, 1, use_bias=False),
            keras.layers.Flatten(),
            keras.layers.Dense(4),
        ]
    )


OPTIMIZERS = {
    "sgd": ("SGD", {"learning_rate": 0.05}),
    "momentum": ("SGD", {"learning_rate": 0.05, "momentum": 0.9}),
    "adam": ("Adam", {"learning_rate": 0.01}),
}


@pytest.mark.parametrize(
    "architecture, optimizer",
    [
        ("mlp", "momentum"),
        ("cnn", "adam"),
        pytest.param("mlp", "sgd", marks=pytest.mark.slow),
        pytest.param("mlp", "adam", marks=pytest.mark.slow),
        pytest.param("cnn", "sgd", marks=pytest.mark.slow),
        pytest.param("cnn", "momentum", marks=pytest.mark.slow),
    ],
)
def test_twenty_steps_are_bit_equal_to_tfmot_on_the_twin(architecture, optimizer, build):
    model = build("mlp") if architecture == "mlp" else small_cnn()
    twin = twin_of(model)
    import tensorflow as tf
    import tf_keras
    from tensorflow_model_optimization.python.core.sparsity.keras import prune

    rng = np.random.default_rng(1)
    images = rng.normal(size=(20, 8, *model.input_shape[1:])).astype("float32")
    labels = rng.integers(0, 4, (20, 8))
    schedule = PolynomialDecay(0.1, 0.75, begin_step=1, end_step=17, frequency=4)
    ours = prune_low_magnitude(model, schedule)
    theirs = prune.prune_low_magnitude(twin, pruning_schedule=schedule)
    kind, arguments = OPTIMIZERS[optimizer]
    our_optimizer = getattr(keras.optimizers, kind)(**arguments)
    their_optimizer = getattr(tf_keras.optimizers, kind)(**arguments)
    wrappers = [layer for layer in theirs.layers if hasattr(layer, "pruning_step")]

    def steps(model, optimizer, loss):
        @tf.function
        def step(x, y):
            with tf.GradientTape() as tape:
                value = loss(y, model(x, training=True))
            weights = model.trainable_weights
            gradients = tape.gradient(value, weights)
            optimizer.apply_gradients(zip(gradients, weights, strict=True))

        return step

    our_step = steps(ours, our_optimizer, LOSS)
    their_loss = tf_keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    their_step = steps(theirs, their_optimizer, their_loss)
    for wrapper in wrappers:
        wrapper.pruning_step.assign(0)  # what TF-MOT's callback does when training begins
    for x, y in zip(images, labels, strict=True):
        our_step(tf.constant(x), tf.constant(y))
        their_step(tf.constant(x), tf.constant(y))
    mine = [layer for layer in ours.layers if isinstance(layer, PrunedLayer)]
    with_masks = [wrapper for wrapper in wrappers if wrapper.pruning_vars]
    assert len(mine) == len(with_masks) == (2 if architecture == "mlp" else 3)
    for layer, wrapper in zip(mine, with_masks, strict=True):
        kernel, mask, _ = wrapper.pruning_vars[0]
        np.testing.assert_array_equal(layer.masks[0], mask)
        np.testing.assert_array_equal(layer.kernels[0], kernel)


def same_predictions(one, other, images):
    values = one.predict(images, verbose=0)
    np.testing.assert_array_equal(values, other.predict(images, verbose=0))


def test_zeros_are_as_many_as_asked_for(build, quadrants):
    images, labels = quadrants(128, 8)
    pruned = prune_low_magnitude(build("plain"), PolynomialDecay(0, 0.75, 0, 8, frequency=1))
    pruned.compile("adam", LOSS)
    pruned.fit(images, labels, batch_size=16, epochs=2, verbose=0)
    stripped = strip_pruning(pruned)
    for name in ("conv_1", "conv_2", "head"):
        kernel = np.asarray(stripped.get_layer(name).kernel)
        assert abs(int((kernel == 0).sum()) - round(0.75 * kernel.size)) <= 1, name


def test_sparsity_zero_predicts_and_trains_as_the_original(build, quadrants):
    images, labels = quadrants(64, 8)
    model = build("residual")
    pruned = prune_low_magnitude(model, ConstantSparsity(0.0, 0, frequency=1))
    np.testing.assert_array_equal(
        pruned.predict(images, verbose=0), model.predict(images, verbose=0)
    )
    for one in (model, pruned):
        one.compile(keras.optimizers.SGD(0.1), LOSS, jit_compile=False)
        one.fit(images, labels, shuffle=False, verbose=0)
    np.testing.assert_array_equal(
        pruned.predict(images, verbose=0), model.predict(images, verbose=0)
    )


def test_names_stay_and_the_original_is_left_alone(build):
    model = build("plain")
    before = [np.array(weight) for weight in model.get_weights()]
    pruned = prune_low_magnitude(model)
    assert [layer.name for layer in pruned.layers] == [layer.name for layer in model.layers]
    assert not any(isinstance(layer, PrunedLayer) for layer in model.layers)
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_nested_models_are_pruned_inside(build):
    model = keras.Sequential([keras.Input((8, 8, 1)), build("residual"), keras.layers.Dense(2)])
    pruned = prune_low_magnitude(model)
    assert isinstance(pruned.layers[0].get_layer("conv_1"), PrunedLayer)
    images = np.ones((2, 8, 8, 1), "float32")
    np.testing.assert_array_equal(
        pruned.predict(images, verbose=0), model.predict(images, verbose=0)
    )


def test_saved_loaded_and_trained_on_it_equals_the_unbroken_run(build, quadrants, tmp_path):
    images, labels = quadrants(64, 8)
    pruned = prune_low_magnitude(build("residual"))
    pruned.compile("adam", LOSS)
    pruned.fit(images, labels, shuffle=False, verbose=0)
    pruned.save(tmp_path / "pruned.keras")
    loaded = keras.models.load_model(tmp_path / "pruned.keras")
    for one in (pruned, loaded):
        one.fit(images, labels, shuffle=False, verbose=0)
    for old, new in zip(pruned.weights, loaded.weights, strict=True):
        np.testing.assert_array_equal(old, new)


@pytest.mark.parametrize(
    "arguments",
    [
        {"block_size": (2, 2), "block_pooling_type": "MAX"},
        pytest.param({"sparsity_m_by_n": (2, 4)}, marks=pytest.mark.slow),
        pytest.param({"pruning_policy": PruneForLatencyOnXNNPack()}, marks=pytest.mark.slow),
    ],
    ids=["blocks", "groups", "policy"],
)
def test_a_pattern_goes_on_after_loading_as_in_the_unbroken_run(arguments, build, tmp_path):
    layers = keras.layers
    if "pruning_policy" in arguments:
        stem = [layers.ZeroPadding2D(1), layers.Conv2D(4, 3, strides=2)]
        head = [layers.Conv2D(4, 1), layers.GlobalAveragePooling2D()]
        model = keras.Sequential([keras.Input((8, 8, 3)), *stem, *head])
    else:
        model = build("mlp")
    rng = np.random.default_rng(0)
    x = rng.normal(size=(16, *model.input_shape[1:]))
    y = rng.integers(0, 4, 16)
    schedule = PolynomialDecay(0.1, 0.75, 0, 8, frequency=1)
    pruned = prune_low_magnitude(model, schedule, **arguments)
    pruned.compile("adam", LOSS)
    pruned.fit(x, y, batch_size=4, shuffle=False, verbose=0)
    pruned.save(tmp_path / "pruned.keras")
    loaded = keras.models.load_model(tmp_path / "pruned.keras")
    assert [type(layer) for layer in loaded.layers] == [type(layer) for layer in pruned.layers]
    for one in (pruned, loaded):
        one.fit(x, y, batch_size=4, shuffle=False, verbose=0)
    for old, new in zip(pruned.weights, loaded.weights, strict=True):
        np.testing.assert_array_equal(old, new)
    zeros = [float((np.asarray(weight) == 0).mean()) for weight in strip_pruning(loaded).weights]
    assert max(zeros) == (0.5 if "sparsity_m_by_n" in arguments else 0.75)


class HeadOnly:
    """A policy of one's own."""

    def __init__(self):
        self.seen = []

    def allow_pruning(self, layer):
        return layer.name == "head"

    def ensure_model_supports_pruning(self, model):
        self.seen.append(model.name)


def test_a_policy_of_ones_own(build):
    policy = HeadOnly()
    pruned = prune_low_magnitude(build("mlp"), pruning_policy=policy)
    assert policy.seen == ["mlp"]
    assert [isinstance(layer, PrunedLayer) for layer in pruned.layers] == [False, True]
    reason = "the policy HeadOnly does not allow it"
    assert summary(pruned)["hidden"]["skipped"] == reason
    assert prune_low_magnitude(build("mlp").layers, pruning_policy=policy)[0].name == "hidden"


def test_a_single_layer_and_a_list(build):
    schedule = ConstantSparsity(0.5, 0, frequency=1)
    layer = prune_low_magnitude(keras.layers.Dense(4), schedule, (2, 2), name="mine")
    assert isinstance(layer, PrunedLayer) and layer.name == "mine"
    assert layer.pruning_schedule is schedule and layer.pattern.block_size == (2, 2)
    bare = keras.layers.ReLU()
    assert prune_low_magnitude(bare) is bare
    made = prune_low_magnitude([keras.layers.Conv2D(4, 3), bare, layer])
    assert isinstance(made[0], PrunedLayer) and made[1] is bare and made[2] is layer
    model = keras.Sequential([keras.Input((8,)), layer])
    model.compile("sgd", "mse")
    model.fit(np.ones((4, 8)), np.ones((4, 4)), verbose=0)
    assert type(strip_pruning(model).layers[0]) is keras.layers.Dense


def test_layers_chosen_through_clone_model(build):
    model = build("residual")

    def choose(layer):
        dense = isinstance(layer, keras.layers.Dense)
        return prune_low_magnitude(layer) if dense else layer

    pruned = keras.models.clone_model(model, clone_function=choose)
    images = np.random.default_rng(0).normal(size=(2, 8, 8, 1))
    np.testing.assert_array_equal(
        pruned.predict(images, verbose=0), model.predict(images, verbose=0)
    )
    facts = summary(pruned)
    assert facts["head"]["done"] == "pruned"
    assert facts["conv_1"]["skipped"] == "it was not chosen for pruning"
    assert facts["norm_1"]["skipped"] is None


def refused(model, *arguments, **keywords):
    with pytest.raises(ValueError) as caught:
        prune_low_magnitude(model, *arguments, **keywords)
    return str(caught.value)


def test_groups_that_do_not_divide(build):
    assert refused(build("plain"), sparsity_m_by_n=(2, 4)) == (
        "Sparsity 2:4 makes 2 zeros in every 4 weights along a kernel's last axis but one, whose "
        "length must be a multiple of 4. Received: layer 'conv_1' with a kernel of shape (3, 3, "
        "1, 8). Leave it out by a `pruning_policy`, or choose the layers through "
        "`keras.models.clone_model`."
    )


def test_blocks_in_convolutions(build):
    assert refused(build("plain"), block_size=(2, 2)) == (
        "Blocks are pruned in kernels of two axes, such as those of Dense layers, and in those of "
        "an EinsumDense that is one matrix product, only. Received: layer 'conv_1' with a kernel "
        "of shape (3, 3, 1, 8). Leave it out by a `pruning_policy`, or choose the layers through "
        "`keras.models.clone_model`."
    )


def test_blocks_and_groups(build):
    assert refused(build("mlp"), block_size=(2, 2), sparsity_m_by_n=(2, 4)) == (
        "`block_size` and `sparsity_m_by_n` exclude each other. Received: block_size=(2, 2), "
        "sparsity_m_by_n=(2, 4). Leave one of them at its default."
    )


def test_a_misspelt_argument(build):
    assert refused(build("mlp"), schedule=None) == (
        "`prune_low_magnitude` hands further arguments to the wrapper of a single layer only. "
        "Received: schedule, with a Sequential. Leave them out, or check their spelling."
    )


def test_a_layer_that_is_wrapped_already():
    layer = prune_low_magnitude(keras.layers.Dense(4, name="d"))
    assert refused(layer) == (
        "`PrunedLayer` expects a layer that is not being pruned yet. Received: 'd', a PrunedLayer "
        "already. Use it as it is."
    )


def test_a_layer_that_tfmot_does_not_prune():
    layer = keras.layers.GroupNormalization(name="g")
    assert "Received: <GroupNormalization name=g, built=False>." in refused(layer)
    assert "Received: 'dense'." in refused(["dense"])


def test_a_tf_keras_layer():
    class Dense:
        """Stands for Keras 2's class, whose import would cost seconds."""

    Dense.__module__ = "tf_keras.src.layers.core.dense"
    assert refused(Dense()) == (
        "`prune_low_magnitude` expects a Keras 3 model. Received: 'Dense' of tf_keras (Keras 2). "
        "Call TF-MOT's own verb on it, or rebuild it with `import keras` and copy its weights "
        "with `set_weights`."
    )


def test_wrapping_twice(build):
    for prepare in (prune_low_magnitude, quantize_model):
        prepared = prepare(build("mlp"))
        first = "hidden" if prepare is prune_low_magnitude else prepared.layers[0].name
        kind = "PrunedLayer" if prepare is prune_low_magnitude else "QuantizedInput"
        assert refused(prepared) == (
            "`prune_low_magnitude` expects a model that is not prepared yet. Received: 'mlp', "
            f"whose layer '{first}' is a {kind} already. Prune first, call `strip_pruning`, and "
            "quantize last."
        )


def test_a_schedule_that_is_none(build):
    assert refused(build("mlp"), 0.5) == (
        "`prune_low_magnitude` expects `pruning_schedule` to be a schedule of TF-MOT. Received: "
        "0.5. Pass for example `keras_distill.compression.ConstantSparsity(0.75, begin_step=0)`."
    )


def test_nothing_to_prune():
    model = keras.Sequential([keras.Input((4,)), keras.layers.ReLU()], name="bare")
    types = (
        "Conv1D, Conv2D, Conv2DTranspose, Conv3D, Conv3DTranspose, Dense, EinsumDense, "
        "Embedding, SeparableConv1D, SeparableConv2D, GRU, LSTM, RNN, SimpleRNN; or one with a "
        "method `get_prunable_weights()`."
    )
    assert refused(model) == (
        "`prune_low_magnitude` found nothing to prune in 'bare'. Expected at least one layer of "
        f"these types: {types}"
    )


def test_nothing_that_the_policy_allows(build):
    model = build("mlp")
    model.layers[-1].name = "last"
    assert refused(model, pruning_policy=HeadOnly()).startswith(
        "`prune_low_magnitude` found nothing to prune in 'mlp'. Expected at least one layer of "
        "these types, allowed by HeadOnly: Conv1D, "
    )

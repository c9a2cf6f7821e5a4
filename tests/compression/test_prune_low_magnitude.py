import re

import keras
import numpy as np
import pytest

from keras_distill import _tfmot
from keras_distill.compression import (
    ConstantSparsity,
    PolynomialDecay,
    PrunedLayer,
    prune_low_magnitude,
    quantize_model,
    strip_pruning,
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
    # Without BatchNormalization and depthwise kernels, whose gradients Keras 2 and 3 round apart.
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
        ("mlp", "sgd"),
        ("mlp", "momentum"),
        ("mlp", "adam"),
        ("cnn", "adam"),
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
        np.testing.assert_array_equal(layer.mask, mask)
        np.testing.assert_array_equal(layer.kernel, kernel)


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


def refused(model, *arguments):
    with pytest.raises(ValueError) as caught:
        prune_low_magnitude(model, *arguments)
    return str(caught.value)


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
    sentence = "`prune_low_magnitude` found nothing to prune in 'bare'. Expected at least one layer"
    assert re.match(re.escape(sentence), refused(model))

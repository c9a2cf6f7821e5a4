import re

import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_distill as kd
from keras_distill.corruptions import Corruption, RandomCorruption, get
from keras_distill.corruptions.names import BUILT
from keras_distill.datasets.batches import shuffled

CELLS = ["contrast", "pixelate"]


@pytest.fixture
def images():
    return np.random.default_rng(0).random((60, 12, 10, 3)).astype("float32")


@pytest.mark.parametrize("dtype", ["float32", "uint8"])
def test_each_image_by_one_corruption_of_its_own(images, dtype):
    images = images if dtype == "float32" else (images * 255).astype("uint8")
    layer = RandomCorruption(CELLS, severities=(1, 3), rate=0.7, seed=1)
    # Neither draws anything, so that the layer's seed does not matter.
    cells = [get(name, severity)(images, seed=0) for name in CELLS for severity in (1, 3)]
    counts = np.zeros(5, int)
    for _ in range(5):
        made = np.array(layer(images, training=True))
        assert made.dtype == dtype and made.shape == images.shape
        found = np.stack([(made == each).all(axis=(1, 2, 3)) for each in (images, *cells)])
        assert (found.sum(axis=0) == 1).all()
        counts += found.sum(axis=1)
    # Of 300: three standard deviations.
    for count, share in zip(counts, [0.3] + 4 * [0.175], strict=True):
        assert abs(count - 300 * share) < 3 * np.sqrt(300 * share * (1 - share))


def test_identity_outside_training_and_at_rate_0(images):
    layer = RandomCorruption(["gaussian_noise"], rate=1.0)
    np.testing.assert_array_equal(layer(images, training=False), images)
    np.testing.assert_array_equal(RandomCorruption(CELLS, rate=0)(images, training=True), images)
    made = np.array(layer(images, training=True))
    assert (made != images).any(axis=(1, 2, 3)).all()


def test_seed_decides_and_every_batch_draws_anew(images):
    first, second, other = (
        RandomCorruption(["gaussian_noise"], rate=1.0, seed=seed) for seed in (3, 3, 4)
    )
    once = np.array(first(images, training=True))
    np.testing.assert_array_equal(second(images, training=True), once)
    assert (np.array(other(images, training=True)) != once).any()
    again = np.array(first(images, training=True))
    assert (again != once).any(axis=(1, 2, 3)).all()
    # Noise of two images of a batch is not the same noise.
    same = np.array(first(np.full((2, 8, 8, 1), 0.5, "float32"), training=True))
    assert (same[0] != same[1]).any()


def test_in_tf_data_batched_and_not(images):
    labels = np.arange(60)
    data = tf.data.Dataset.from_tensor_slices((images, labels))
    layer = RandomCorruption(["gaussian_noise"], rate=1.0, seed=3)
    batched = data.batch(60).map(lambda x, y: (layer(x, training=True), y))
    assert batched.element_spec[0] == tf.TensorSpec((None, 12, 10, 3), tf.float32)
    seen, kept = next(iter(batched))
    expected = RandomCorruption(["gaussian_noise"], rate=1.0, seed=3)(images, training=True)
    np.testing.assert_array_equal(seen, expected)
    np.testing.assert_array_equal(kept, labels)
    single = data.map(lambda x, y: (layer(x, training=True), y))
    assert single.element_spec[0].shape == (12, 10, 3)
    seen, _ = next(iter(single))
    assert (seen.numpy() != images[0]).any()


def network(*layers):
    return keras.Sequential(
        [
            keras.Input((12, 10, 3)),
            *layers,
            keras.layers.Flatten(),
            keras.layers.Dense(2, name="head"),
        ]
    )


def test_in_a_model_under_fit_saved_and_loaded(images, tmp_path):
    labels = np.arange(60) % 2
    layer = RandomCorruption(CELLS, severities=[2], rate=1.0, seed=5)
    # What keeps Keras from compiling it by XLA where that is its choice.
    assert not layer.supports_jit
    model = network(layer)
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    plain = network()
    plain.set_weights(model.get_weights())
    np.testing.assert_allclose(model.predict(images, verbose=0), plain(images), atol=1e-6)
    # One step of training sees what the layer makes of the batch.
    twin = network()
    twin.set_weights(model.get_weights())
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    twin.compile("sgd", loss, jit_compile=False)
    seen = RandomCorruption(CELLS, severities=[2], rate=1.0, seed=5)(images, training=True)
    model.fit(images, labels, batch_size=60, shuffle=False, verbose=0)
    twin.fit(np.array(seen), labels, batch_size=60, shuffle=False, verbose=0)
    for ours, theirs in zip(model.get_weights(), twin.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-6)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    again = loaded.layers[0]
    assert type(again) is RandomCorruption and again.get_config() == layer.get_config()
    np.testing.assert_allclose(loaded(images, training=False), model(images, training=False))


def test_configuration_round_trip():
    layer = RandomCorruption(CELLS, severities=(2, 4), rate=0.25, seed=9, name="worse")
    config = layer.get_config()
    assert {key: config[key] for key in ("corruptions", "severities", "rate", "seed", "name")} == {
        "corruptions": CELLS,
        "severities": [2, 4],
        "rate": 0.25,
        "seed": 9,
        "name": "worse",
    }
    twin = RandomCorruption.from_config(config)
    assert twin.get_config() == config
    saved = keras.saving.serialize_keras_object(layer)
    assert keras.saving.deserialize_keras_object(saved).get_config() == config


def test_float32_under_mixed_precision(images):
    layer = RandomCorruption(CELLS, rate=1.0, dtype="mixed_float16")
    assert layer(images, training=True).dtype == tf.float32


def test_a_suite_by_name():
    layer = RandomCorruption("quick", severities=[1])
    assert [cell.name for cell in layer._cells] == kd.corruptions.names("quick")
    assert layer.get_config()["corruptions"] == "quick"


def test_beside_augmix(images):
    # One chain of one step: Keras's own layer takes seconds to trace its default.
    augmix = keras.layers.AugMix(value_range=(0, 1), num_chains=1, chain_depth=1, seed=1)
    layer = RandomCorruption(CELLS, rate=0.5)
    data = tf.data.Dataset.from_tensor_slices((images, np.arange(60) % 2)).batch(20)
    both = data.map(lambda x, y: (layer(augmix(x, training=True), training=True), y))
    seen, _ = next(iter(both))
    assert seen.shape == (20, 12, 10, 3) and (seen.numpy() != images[:20]).any(axis=(1, 2, 3)).all()
    assert seen.numpy().min() >= 0 and seen.numpy().max() <= 1
    model = network()
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(True), jit_compile=False)
    history = model.fit(both, shuffle=False, verbose=0)
    assert np.isfinite(history.history["loss"][0])


def test_augments_the_training_set_repeatably(images):
    layer = RandomCorruption(["gaussian_noise"], rate=1.0)
    passes = []
    for _ in range(2):
        train = shuffled((images * 255).astype("uint8"), np.arange(60), 30, layer, seed=2)
        passes.append([batch for batch, _ in train])
    # Draws are a function of (seed, epoch, batch), as those of Keras's own layers.
    for once, again in zip(*passes, strict=True):
        np.testing.assert_array_equal(once, again)


def raises(sentence):
    return pytest.raises(ValueError, match="^" + re.escape(sentence) + "$")


def test_wrong_arguments(monkeypatch):
    with raises("`rate` must be in [0, 1]. Received: rate=1.5."):
        RandomCorruption(CELLS, rate=1.5)
    with raises(
        "There is nothing to draw from. Expected at least one corruption and one severity. "
        "Received: corruptions=['contrast'], severities=()."
    ):
        RandomCorruption(["contrast"], severities=())
    with raises("`severity` must be 1, 2, 3, 4 or 5. Received: severity=6."):
        RandomCorruption(CELLS, severities=[6])
    monkeypatch.setitem(BUILT, "typo", type("Typo", (Corruption,), {"name": "typo"}))
    with raises("Expected corruptions of images. Received: 'typo', which is none."):
        RandomCorruption(["contrast", "typo"])
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    with raises(
        "RandomCorruption needs the TensorFlow backend. Received: backend 'jax'. Corrupt the "
        "arrays before training instead, with kd.corruptions.get(name, severity)(images, seed)."
    ):
        RandomCorruption(CELLS)


def test_images_out_of_range_are_told(images):
    layer = RandomCorruption(CELLS, rate=1.0)
    told = re.escape("Expected float images in [0, 1]. Received: values from 0.0")
    with pytest.raises(ValueError, match=told):
        layer(images * 255, training=True)
    data = tf.data.Dataset.from_tensors(images * 255).map(lambda x: layer(x, training=True))
    with pytest.raises(tf.errors.InvalidArgumentError, match=told):
        next(iter(data))

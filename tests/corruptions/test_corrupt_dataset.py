import numpy as np
import pytest
import tensorflow as tf

from keras_distill.corruptions import corrupt_dataset, get


@pytest.fixture
def images():
    return np.random.default_rng(0).random((11, 8, 9, 3), "float32")


@pytest.mark.parametrize("batch_size", [1, 4, 11])
def test_bytes_are_those_of_the_whole_array(images, batch_size):
    noise = get("gaussian_noise", 3)
    for given in (images, (images * 255).astype("uint8")):
        labels = np.arange(11)
        data = tf.data.Dataset.from_tensor_slices((given, labels)).batch(batch_size)
        made = corrupt_dataset(data, noise, seed=5)
        assert made.element_spec == data.element_spec
        assert made.cardinality() == data.cardinality()
        # The second pass begins at number 0 again.
        for _ in range(2):
            seen, kept = zip(*made.as_numpy_iterator(), strict=True)
            np.testing.assert_array_equal(np.concatenate(seen), noise(given, seed=5))
            np.testing.assert_array_equal(np.concatenate(kept), labels)


def test_batches_of_several_sizes_and_static_shapes(images):
    noise = get("gaussian_noise", 3)
    data = tf.data.Dataset.from_tensor_slices(images).batch(3).take(2)
    data = data.concatenate(tf.data.Dataset.from_tensor_slices(images[6:]).batch(5))
    seen = np.concatenate(list(corrupt_dataset(data, noise, seed=5)))
    np.testing.assert_array_equal(seen, noise(images, seed=5))
    fixed = tf.data.Dataset.from_tensor_slices(images).batch(5, drop_remainder=True)
    assert corrupt_dataset(fixed, noise).element_spec.shape == (5, 8, 9, 3)


def test_sample_weights_stay_and_doubles_stay_doubles(images):
    weights = np.linspace(0, 1, 11)
    data = tf.data.Dataset.from_tensor_slices((images.astype("float64"), weights, weights))
    made = corrupt_dataset(data.batch(4), get("brightness", 1))
    first = next(iter(made))
    assert first[0].dtype == tf.float64
    np.testing.assert_array_equal(first[2], weights[:4])


@pytest.mark.parametrize("batch_size", [1, 4, 11])
def test_texts_are_those_of_the_whole_list(batch_size):
    texts = [f"Schöne Grüße, number {i}, to everybody" for i in range(10)] + [""]
    typos = get("keyboard", severity=3)
    data = tf.data.Dataset.from_tensor_slices((texts, np.arange(11))).batch(batch_size)
    made = corrupt_dataset(data, typos, seed=5)
    assert made.element_spec == data.element_spec
    for _ in range(2):
        seen, kept = zip(*made.as_numpy_iterator(), strict=True)
        seen = [text.decode() for text in np.concatenate(seen)]
        assert seen == typos(texts, seed=5) != texts
        assert np.concatenate(kept).tolist() == list(range(11))

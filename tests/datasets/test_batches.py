import keras
import numpy as np
import tensorflow as tf

from keras_distill.datasets.batches import in_order, shuffled

IMAGES = np.arange(10 * 4, dtype="uint8").reshape(10, 2, 2, 1)
LABELS = np.arange(10) % 3


def labels(dataset):
    return np.concatenate([y for _, y in dataset]).tolist()


def images(dataset):
    return np.concatenate([x for x, _ in dataset])


def test_convention():
    x, y = next(iter(in_order(IMAGES, LABELS, 4)))
    assert x.dtype == tf.float32 and y.dtype == tf.int32
    np.testing.assert_allclose(x, IMAGES[:4].astype("float64") / 255, rtol=1e-6)
    assert labels(in_order(IMAGES, LABELS, 4)) == LABELS.tolist()


def test_training_order_is_a_function_of_seed_and_epoch():
    numbers = np.arange(10)
    one, two = (shuffled(IMAGES, numbers, 4, None, seed=1) for _ in range(2))
    passes = [labels(one) for _ in range(3)]
    assert all(sorted(p) == list(range(10)) for p in passes)
    assert len({tuple(p) for p in passes}) == 3
    two.epoch.assign(2)
    assert labels(two) == passes[2]
    assert labels(shuffled(IMAGES, numbers, 4, None, seed=2)) != passes[0]


def test_batches_are_counted():
    assert len(shuffled(IMAGES, LABELS, 4, None, 0)) == 3
    assert len(in_order(IMAGES, LABELS, 5)) == 2


def augmentation():
    return keras.Sequential(
        [keras.layers.RandomFlip(seed=1), keras.layers.RandomTranslation(0.5, 0.5, seed=2)]
    )


def test_augmentation_is_a_function_of_seed_and_epoch():
    one = shuffled(IMAGES, LABELS, 4, augmentation(), seed=1)
    passes = [images(one) for _ in range(3)]
    two = shuffled(IMAGES, LABELS, 4, augmentation(), seed=1)
    two.epoch.assign(2)
    np.testing.assert_array_equal(images(two), passes[2])
    assert (passes[0] != passes[1]).any()
    assert passes[0].min() >= 0 and passes[0].max() <= 1 and passes[0].shape == IMAGES.shape


def test_augmentation_changes_training_images():
    plain = shuffled(IMAGES, LABELS, 4, None, seed=1)
    assert (images(shuffled(IMAGES, LABELS, 4, augmentation(), seed=1)) != images(plain)).any()

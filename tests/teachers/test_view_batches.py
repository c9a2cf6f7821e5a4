"""view_batches: the inputs once, or once for each epoch of views."""

import keras
import numpy as np
import pytest

from keras_distill.teachers.view_batches import view_batches


class Batches(keras.utils.PyDataset):
    num_batches = 2

    def __getitem__(self, index):
        return np.full((3, 2), index, "float32"), np.zeros(3)


def test_without_augmentation():
    made = view_batches(Batches(), None, 1, 0)
    assert made.steps == 2
    np.testing.assert_array_equal(np.concatenate(list(made))[:, 0], [0, 0, 0, 1, 1, 1])


def test_once_for_each_epoch():
    tf = pytest.importorskip("tensorflow")
    data = (
        tf.data.Dataset.from_tensor_slices(np.zeros((4, 2), "float32"))
        .batch(2)
        .map(lambda x: (x, 0))
    )

    def augment(image, seed):
        return image + tf.random.stateless_uniform((2,), seed)

    made = view_batches(data, augment, 3, 0)
    every = np.concatenate([each.numpy() for each in made])
    assert made.steps == 6 and every.shape == (12, 2)
    assert len(np.unique(every[:, 0])) == 3  # equal examples have equal views

"""AttachedSequence: `attach` where there is no tf.data."""

import keras
import numpy as np
import pytest

from keras_distill.distillation import Distiller
from keras_distill.teachers import attach, from_arrays
from keras_distill.teachers.attached_batch import detached
from keras_distill.teachers.attached_sequence import AttachedSequence


class Batches(keras.utils.PyDataset):
    num_batches = 3

    def __getitem__(self, index):
        x = np.arange(12.0).reshape(12, 1)[4 * index : 4 * index + 4]
        return x.astype("float32"), np.arange(4) % 2


def test_outputs_by_position_and_training():
    outputs = np.stack([np.arange(12.0), -np.arange(12.0)], 1).astype("float32")
    data = attach(Batches(), from_arrays(outputs))
    assert isinstance(data, AttachedSequence) and data.num_batches == 3
    x, ids, stored = detached(data[2][0])
    np.testing.assert_array_equal(ids, [8, 9, 10, 11])
    np.testing.assert_array_equal(stored["outputs"], outputs[8:])
    student = keras.Sequential([keras.Input((1,)), keras.layers.Dense(2)])
    distiller = Distiller(data.teacher, student)
    distiller.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    assert "soft_targets_loss" in distiller.fit(data, verbose=0).history


def test_augmentation_needs_a_tf_data_set():
    with pytest.raises(ValueError, match=r"^`augment` needs a tf\.data\.Dataset\. Received: a Py"):
        attach(
            Batches(), from_arrays(np.zeros((12, 2))), augment=keras.layers.RandomFlip(),
            view="clean",
        )  # fmt: skip

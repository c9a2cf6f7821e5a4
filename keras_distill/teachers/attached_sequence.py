"""`attach` for a PyDataset: works on every backend."""

import keras
import numpy as np

from keras_distill.teachers.attached_batch import attached
from keras_distill.teachers.outputs_of import outputs_of
from keras_distill.teachers.sample_keys import sample_keys


class AttachedSequence(keras.utils.PyDataset):
    """A `PyDataset` with a teacher's outputs beside each example.

    Args:
        dataset: The `keras.utils.PyDataset` of batches.
        teacher: The `Precomputed` whose outputs are put beside the examples; `None` for the
            number of each example alone.
    """

    def __init__(self, dataset, teacher):
        super().__init__(dataset.workers, dataset.use_multiprocessing, dataset.max_queue_size)
        self._dataset, self.teacher = dataset, teacher
        if hasattr(dataset, "epoch"):
            self.epoch = dataset.epoch
        self[0]  # what does not fit is said now

    @property
    def num_batches(self):
        return self._dataset.num_batches

    def __getitem__(self, index):
        x, y, weight = keras.utils.unpack_x_y_sample_weight(self._dataset[index])
        leaves = [keras.ops.convert_to_numpy(each) for each in keras.tree.flatten(x)]
        if index == 0:
            self._size = len(leaves[0])
        ids, made = index * self._size + np.arange(len(leaves[0])), None
        if self.teacher is not None:
            by_id = getattr(self.teacher.source, "by_id", False)
            ids, made = outputs_of(self.teacher, ids if by_id else sample_keys(leaves))
            made = dict(zip(("features", "outputs"), made, strict=True))
        return keras.utils.pack_x_y_sample_weight(attached(x, ids, made), y, weight)

    def on_epoch_begin(self):
        self._dataset.on_epoch_begin()

    def on_epoch_end(self):
        self._dataset.on_epoch_end()

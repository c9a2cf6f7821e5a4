"""Goes over the inputs of a data set, under augmentation once for each epoch."""

import keras
import numpy as np

from keras_distill.teachers.sample_keys import sample_keys
from keras_distill.teachers.views import view_seeds, views


class view_batches:
    """Iterates over a data set's x, or over its views, epoch by epoch.

    Args:
        dataset: A `tf.data.Dataset` or `keras.utils.PyDataset` of `(x, …)`.
        augment: As in `views`, or `None`.
        epochs: How many views of each example.
        seed: Of the views.
    """

    def __init__(self, dataset, augment, epochs, seed):
        self._dataset, self._augment = dataset, augment
        self._epochs, self._seed = epochs, seed
        if augment is not None:
            import tensorflow as tf

            self._views = tf.function(lambda images, seeds: views(augment, images, seeds))

    @property
    def steps(self):
        """How many batches there are, or `None`."""
        if isinstance(self._dataset, keras.utils.PyDataset):
            number = self._dataset.num_batches
        else:
            number = getattr(self._dataset, "cardinality", lambda: -1)()
        return int(number) * self._epochs if number is not None and int(number) >= 0 else None

    def __iter__(self):
        for epoch in range(self._epochs):
            for batch in _batches(self._dataset):
                x = keras.utils.unpack_x_y_sample_weight(batch)[0]
                if self._augment is None:
                    yield x
                else:
                    keys = sample_keys([keras.ops.convert_to_numpy(x)])
                    yield self._views(x, np.asarray(view_seeds(keys, epoch, self._seed)))


def _batches(dataset):
    if isinstance(dataset, keras.utils.PyDataset):
        return (dataset[index] for index in range(dataset.num_batches))
    return iter(dataset)

"""Puts a teacher's stored outputs beside the examples they belong to."""

import keras
import numpy as np

from keras_distill.teachers.attached_batch import attached
from keras_distill.teachers.attached_sequence import AttachedSequence
from keras_distill.teachers.output_cache import OutputCache
from keras_distill.teachers.outputs_of import outputs_of
from keras_distill.teachers.precomputed import Precomputed
from keras_distill.teachers.sample_keys import sample_keys
from keras_distill.teachers.views import view_seeds, views


def attach(dataset, directory=None, features=None, augment=None, view="same", seed=0):
    """Returns the data set with a teacher's outputs beside each example.

    What comes out is for `Distiller.fit`, which feeds the examples to the student and
    compares it with the outputs. Examples are found by their content: other data than the
    teacher saw is refused, in whatever order it comes.

    Args:
        dataset: A `tf.data.Dataset` or `keras.utils.PyDataset` of batches
            `(x[, y[, sample_weight]])`, without augmentation.
        directory: What `precompute` wrote, or what `from_arrays` returned. `None` (default)
            attaches no outputs, only the number of each example, for losses that remember
            examples under a teacher that runs (`ContrastiveRepresentation`).
        features: Paths of the kept features that the losses compare; the others are not
            read. Defaults to all that were kept.
        augment: Augmentation of the student's examples: a Keras layer, or a function
            `(image, seed)`. Each view depends on (seed, example, epoch) alone. Needs a
            `tf.data.Dataset`. Keras's `AugMix` draws its operations in Python: in here they
            are drawn once, for all epochs. Defaults to none.
        view: `"same"` (default): teacher and student see one view, so the outputs must have
            been precomputed with the same `augment`. `"clean"`: the teacher saw the examples
            as they are, the student sees the views; the better recipe against corruption.
        seed: Of the views with `view="clean"`; with `"same"` it is the cache's own.

    Returns:
        A data set of the same batches; `.teacher` is the `Precomputed` for the `Distiller`.

    Raises:
        ValueError: The data, the augmentation or a file is not what the outputs were made
            with.

    Example:

    ```python
    x, y = np.random.rand(6, 4).astype("float32"), np.arange(6) % 2
    import tensorflow as tf
    data = tf.data.Dataset.from_tensor_slices((x, y)).batch(3)
    train = kd.teachers.attach(data, kd.teachers.from_arrays(np.random.rand(6, 2) * 9 - 4))
    student = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
    distiller = kd.Distiller(train.teacher, student)
    distiller.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    distiller.fit(train, verbose=0)
    ```
    """
    if directory is None:
        return _with_ids(dataset)
    teacher = directory if isinstance(directory, Precomputed) else OutputCache(directory).teacher()
    cache = teacher.source
    if features is not None:
        teacher = teacher.with_features(list(features))
    if cache is None:
        raise ValueError(
            "`attach` needs the outputs themselves. Received: a Precomputed that was loaded with "
            "a model and holds shapes only. Pass the folder that precompute wrote."
        )
    if isinstance(cache, OutputCache) and not cache.complete:
        raise ValueError(
            f"The outputs in '{cache.directory}' are not complete: their pass was stopped. Run "
            "kd.teachers.precompute again with the same arguments; it goes on from there."
        )
    by_id = getattr(cache, "by_id", False)
    made_with = None if by_id else cache.made_by["views"]
    _check_views(cache, made_with, augment, view, by_id)
    if isinstance(dataset, keras.utils.PyDataset):
        if augment is not None:
            raise ValueError(
                "`augment` needs a tf.data.Dataset. Received: a PyDataset. Augment inside the "
                "student, or pass a tf.data.Dataset."
            )
        made = AttachedSequence(dataset, teacher)
    else:
        if view == "same" and made_with is not None:
            seed = made_with["seed"]
        made = _attached(dataset, teacher, augment, view, seed, made_with, by_id)
    made.teacher = teacher
    return made


def _with_ids(dataset):
    """The data set with the number of each example, and nothing of a teacher."""
    if isinstance(dataset, keras.utils.PyDataset):
        return AttachedSequence(dataset, None)
    if not hasattr(dataset, "numbered"):
        _check_order(dataset)

    def complete(ids, batch):
        x, y, weight = keras.utils.unpack_x_y_sample_weight(batch)
        return keras.utils.pack_x_y_sample_weight(attached(x, ids, None), y, weight)

    made = _numbered(dataset).map(complete).prefetch(2)
    if hasattr(dataset, "epoch"):
        made.epoch = dataset.epoch
    return made


def _check_views(cache, made_with, augment, view, by_id):
    if view not in ("same", "clean"):
        raise ValueError(f'`view` must be "same" or "clean". Received: view={view!r}.')
    if made_with is not None and (augment is None or view == "clean"):
        raise ValueError(
            f"'{cache.directory}' holds the teacher's outputs on augmented views. Received: "
            f"augment={augment!r}, view={view!r}. Pass the augment that precompute was given, or "
            "precompute without one."
        )
    if made_with is None and augment is not None and view == "same" and not by_id:
        raise ValueError(
            f"'{cache.directory}' holds the teacher's outputs on the examples as they are. "
            'Received: augment=... with view="same". Pass view="clean" to let the student '
            "alone see augmented examples, or precompute with augment=... ."
        )


def _attached(dataset, teacher, augment, view, seed, made_with, by_id):
    import tensorflow as tf

    numbered = getattr(dataset, "numbered", None)
    epoch = tf.Variable(0, dtype=tf.int64, trainable=False, name="epoch")
    features, outputs = teacher.symbolic()
    template = {"features": features, "outputs": outputs}
    shapes = keras.tree.flatten(template)
    if by_id and numbered is None:
        _check_order(dataset)
    source = _numbered(dataset)

    def look_up(ids, *leaves):
        keys = ids if by_id else sample_keys(leaves)
        rows, made = outputs_of(teacher, keys)
        flat = keras.tree.flatten({"features": made[0], "outputs": made[1]})
        return [rows, *(each.astype("float32") for each in flat)]

    def seeds_of(now, *leaves):
        epochs = made_with["epochs"] if made_with else None
        number = int(now) if epochs is None else int(now) % epochs
        return view_seeds(sample_keys(leaves), number, seed)

    def complete(now, ids, batch):
        x, y, weight = keras.utils.unpack_x_y_sample_weight(batch)
        seen = x
        if augment is not None:
            seeds = tf.numpy_function(seeds_of, [now, x], tf.int32)
            seen = views(augment, x, tf.ensure_shape(seeds, (None, 2)))
        keyed = seen if view == "same" else x
        found = tf.numpy_function(
            look_up,
            [ids, *keras.tree.flatten(keyed)],
            [tf.int64, *([tf.float32] * len(shapes))],
            stateful=False,
        )
        number = keras.tree.flatten(x)[0].shape[0]
        rows = tf.ensure_shape(found[0], (number,))
        flat = [
            tf.ensure_shape(each, (number, *shape.shape[1:]))
            for each, shape in zip(found[1:], shapes, strict=True)
        ]
        x = attached(seen, rows, keras.tree.pack_sequence_as(template, flat))
        return keras.utils.pack_x_y_sample_weight(x, y, weight)

    def one_epoch(_):
        now = epoch.read_value()
        with tf.control_dependencies([now]):
            epoch.assign_add(1)
        # A layer's random state is one: batches follow each other then.
        workers = 1 if isinstance(augment, keras.layers.Layer) else 2
        return source.map(lambda ids, batch: complete(now, ids, batch), workers, deterministic=True)

    def check(ids, batch):
        """Says what does not fit now, not in the middle of `fit`."""
        x = keras.utils.unpack_x_y_sample_weight(batch)[0]
        leaves = [each.numpy() for each in keras.tree.flatten(x)]
        if augment is not None and view == "same":
            leaves = [views(augment, x, tf.constant(seeds_of(0, *leaves))).numpy()]
        look_up(ids.numpy(), *leaves)

    made = tf.data.Dataset.range(1).flat_map(one_epoch)
    made = made.apply(tf.data.experimental.assert_cardinality(dataset.cardinality()))
    made = made.prefetch(2)
    made.epoch = _Epochs(epoch, getattr(dataset, "epoch", None))
    before = made.epoch.now()
    check(*next(iter(source)))
    made.epoch.put_back(before)
    return made


class _Epochs:
    """The epoch of an attached data set and of the one below, set together."""

    def __init__(self, *variables):
        self._variables = [each for each in variables if each is not None]

    def assign(self, value):
        for each in self._variables:
            each.assign(value)

    def now(self):
        return [int(each.numpy()) for each in self._variables]

    def put_back(self, values):
        for each, value in zip(self._variables, values, strict=True):
            each.assign(value)


def _numbered(dataset):
    """`(ids, batch)`: ids are positions in the arrays, or in the order in which examples come."""
    import tensorflow as tf

    if hasattr(dataset, "numbered"):
        return dataset.numbered.map(lambda ids, *batch: (ids, batch))

    def number(start, batch):
        size = tf.cast(tf.shape(keras.tree.flatten(batch)[0])[0], tf.int64)
        return start + size, (tf.range(start, start + size), batch)

    return dataset.scan(np.int64(0), number)


def _check_order(dataset):
    keys = []
    for _ in range(2):
        x = keras.utils.unpack_x_y_sample_weight(next(iter(dataset)))[0]
        keys.append(
            sample_keys([keras.ops.convert_to_numpy(each) for each in keras.tree.flatten(x)])
        )
    if not np.array_equal(*keys):
        raise ValueError(
            "Examples that are known by their position must come in one order. Received: a "
            "data set whose first batch differs between two passes. Attach "
            "first, shuffle afterwards."
        )

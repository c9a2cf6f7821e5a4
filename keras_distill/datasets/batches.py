"""From arrays to the one convention: float32 images in [0, 1] or strings, and int32 labels."""

import numpy as np


def in_order(inputs, labels, batch_size):
    """Batches in the order of the arrays, for validation and test."""
    import tensorflow as tf

    fetch = _fetch(inputs, labels)
    numbers = tf.data.Dataset.range(len(labels)).batch(batch_size)
    return _without_numbers(numbers.map(lambda indices: (indices, *fetch(indices))))


def shuffled(inputs, labels, batch_size, augment, seed):
    """Batches for training: order and augmentation are a function of (seed, epoch).

    `.epoch` of the result is read when a pass begins and counts up by itself.
    """
    import tensorflow as tf

    epoch = tf.Variable(0, dtype=tf.int64, trainable=False, name="epoch")
    fetch = _fetch(inputs, labels)
    count = len(labels)
    seeds = _seed_states(augment)

    def order(_):
        now = epoch.read_value()
        with tf.control_dependencies([now]):
            epoch.assign_add(1)
        indices = tf.random.experimental.stateless_shuffle(
            tf.range(count, dtype=tf.int64), seed=tf.stack([tf.constant(seed, tf.int64), now])
        )
        batches = tf.data.Dataset.from_tensor_slices(indices).batch(batch_size).enumerate()
        return batches.map(lambda step, batch: (now, step, batch))

    def augmented(now, step, indices):
        images, labels = fetch(indices)
        # One draw a variable, so that neither killed nor resumed runs shift the next batch's.
        for i, state in enumerate(seeds):
            draw = tf.random.stateless_uniform(
                state.shape, [seed + 1 + i, now * 1_000_003 + step], None, None, tf.uint32
            )
            state.assign(tf.cast(draw, state.dtype))
        shape = images.shape
        images = tf.clip_by_value(tf.cast(augment(images, training=True), tf.float32), 0.0, 1.0)
        images.set_shape(shape)
        return indices, images, labels

    dataset = tf.data.Dataset.range(1).flat_map(order)
    if augment is None:
        dataset = dataset.map(lambda now, step, indices: (indices, *fetch(indices)))
    else:
        dataset = dataset.map(augmented)
    steps = -(-count // batch_size)
    dataset = dataset.apply(tf.data.experimental.assert_cardinality(steps))
    dataset = _without_numbers(dataset)
    dataset.epoch = epoch
    return dataset


def _without_numbers(numbered):
    """`(inputs, labels)`; `.numbered` also says which example of the arrays each one is."""
    dataset = numbered.map(lambda indices, inputs, labels: (inputs, labels)).prefetch(2)
    dataset.numbered = numbered
    return dataset


def _fetch(inputs, labels):
    """A function from numbers of examples to `(inputs, labels)`; bytes are pixels."""
    import tensorflow as tf

    inputs = tf.constant(inputs)
    labels = tf.constant(np.asarray(labels, np.int32))

    def fetch(indices):
        batch = tf.gather(inputs, indices)
        if batch.dtype == tf.uint8:
            batch = tf.cast(batch, tf.float32) / 255.0
        return batch, tf.gather(labels, indices)

    return fetch


def _seed_states(augment):
    """The state variables of the Keras seed generators inside an augmentation layer."""
    import keras

    if augment is None:
        return []
    layers = [augment, *getattr(augment, "_flatten_layers", lambda **_: [])(include_self=False)]
    generators = []
    for layer in layers:
        for value in vars(layer).values():
            if isinstance(value, keras.random.SeedGenerator):
                if all(value is not known for known in generators):
                    generators.append(value)
    return [generator.state.value for generator in generators]

"""Augmented views of examples that can be made again: by example and epoch, not by chance."""

import keras
import numpy as np


def view_seeds(keys, epoch, seed):
    """Two int32 for each example, out of its key, the epoch and the run's seed."""
    mixed = (np.asarray(keys, "int64") ^ (np.int64(seed) * 0x9E3779B1)) & 0x7FFFFFFF
    return np.stack([mixed, np.full(len(keys), epoch, "int64")], -1).astype("int32")


def views(augment, images, seeds):
    """The view of each image under its own seed.

    Args:
        augment: A Keras augmentation layer, or a function `(image, seed)` of one image
            and two int32, as the `tf.image.stateless_*` functions take them.
        images: Tensor `(batch, …)`.
        seeds: int32 tensor `(batch, 2)`.

    Returns:
        Tensor `(batch, …)`.
    """
    import tensorflow as tf

    if isinstance(augment, keras.layers.Layer):
        states = _states(augment)

        def one(pair):
            image, seed = pair
            for i, state in enumerate(states):
                draw = tf.random.stateless_uniform(
                    state.shape, seed + [0, 1_000_003 * i], None, None, tf.uint32
                )
                state.assign(tf.cast(draw, state.dtype))
            return tf.cast(augment(image[None], training=True)[0], images.dtype)

        # A layer has one state: one image after another.
        limit = 1
    else:

        def one(pair):
            return tf.cast(augment(*pair), images.dtype)

        limit = 16
    made = tf.map_fn(
        one, (images, seeds), fn_output_signature=images.dtype, parallel_iterations=limit
    )
    return tf.ensure_shape(made, images.shape)


def _states(layer):
    """State variables of the seed generators inside an augmentation layer."""
    found = []
    for each in [layer, *layer._flatten_layers(include_self=False)]:
        for value in vars(each).values():
            if isinstance(value, keras.random.SeedGenerator):
                if all(value.state.value is not known for known in found):
                    found.append(value.state.value)
    return found

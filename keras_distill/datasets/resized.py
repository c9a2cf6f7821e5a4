"""Brings pictures to one size."""


def resized(images, image_size):
    """uint8 images, one or a batch, as uint8 tensors or arrays of `image_size`.

    `image_size=None`, or the size they have, gives back what came.
    """
    if image_size is None or tuple(images.shape[-3:-1]) == tuple(image_size):
        return images
    import tensorflow as tf

    images = tf.image.resize(images, image_size, antialias=True)
    return tf.cast(tf.round(tf.clip_by_value(images, 0, 255)), tf.uint8).numpy()

"""Corrupted images or texts out of a tf.data set, for measuring."""


def corrupt_dataset(dataset, corruption, seed=0):
    """Corrupts the images or texts of a batched tf.data set, each by its number in the set.

    What comes out is what the corruption makes of the whole array, whatever the batch size; only
    one batch at a time is in memory. For training use `kd.corruptions.RandomCorruption`, which
    draws anew in each epoch.

    Args:
        dataset: A `tf.data.Dataset` of batches: images or texts alone, or tuples that begin
            with them; images `(batch, height, width, 1 or 3)`, float in [0, 1] or uint8, texts
            strings `(batch,)`. Its order must be the same in each pass.
        corruption: A `kd.corruptions.ImageCorruption` or `TextCorruption`, or any function of
            `(images or texts, seed, indices)`.
        seed: Of the corruption. Defaults to 0.

    Returns:
        A `tf.data.Dataset` of the same elements, the images or texts corrupted.

    Example:

    ```python
    import tensorflow as tf

    images = np.random.default_rng(0).random((10, 8, 8, 1), "float32")
    data = tf.data.Dataset.from_tensor_slices((images, np.arange(10))).batch(4)
    noise = kd.corruptions.get("gaussian_noise", severity=3)
    corrupted = kd.corruptions.corrupt_dataset(data, noise, seed=0)
    seen = np.concatenate([batch for batch, labels in corrupted])
    np.testing.assert_array_equal(seen, noise(images, seed=0))
    ```

    Where the examples are not batched, `enumerate` gives their numbers:

    ```python
    import tensorflow as tf

    images = np.random.default_rng(0).random((10, 8, 8, 1), "float32")
    noise = kd.corruptions.get("gaussian_noise", severity=3)

    def corrupted(index, image):
        made = tf.numpy_function(
            lambda i, x: noise(x[None], seed=0, indices=[i])[0], [index, image], image.dtype
        )
        return tf.ensure_shape(made, image.shape)

    data = tf.data.Dataset.from_tensor_slices(images).enumerate().map(corrupted).batch(4)
    seen = np.concatenate(list(data))
    np.testing.assert_array_equal(seen, noise(images, seed=0))
    ```
    """
    import tensorflow as tf

    def corrupted(start, batch):
        images, *others = batch if isinstance(batch, tuple) else (batch,)
        # Counted, not multiplied: batches need not all be of one size.
        end = start + tf.shape(images, tf.int64)[0]
        made = tf.numpy_function(
            lambda images, indices: corruption(images, seed, indices=indices).astype(images.dtype),
            [images, tf.range(start, end)],
            images.dtype,
        )
        made.set_shape(images.shape)
        return end, (made, *others) if isinstance(batch, tuple) else made

    return dataset.scan(tf.constant(0, tf.int64), corrupted)

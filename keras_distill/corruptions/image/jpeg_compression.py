"""Artefacts of strong JPEG compression."""

import dataclasses
import functools

import keras

from keras_distill.corruptions.image.image_corruption import ImageCorruption


@keras.saving.register_keras_serializable(package="keras_distill")
@dataclasses.dataclass(frozen=True)
class JpegCompression(ImageCorruption):
    """Compresses to JPEG and back, colour at half the resolution.

    Quality, by severity:

    - cifar32: 80, 65, 58, 50, 40
    - tiny64: 65, 58, 50, 40, 25
    - imagenet224: 25, 18, 15, 10, 7

    Float images are rounded to bytes first.

    Args:
        severity: 1 to 5.
        profile, rng: See `kd.corruptions.ImageCorruption`.

    Example:

    ```python
    corruption = kd.corruptions.get("jpeg_compression", severity=3)
    corrupted = corruption(np.full((2, 8, 8, 1), 0.4), seed=0)
    assert corrupted.shape == (2, 8, 8, 1)
    ```

    Reference:
        Hendrycks & Dietterich, 2019, https://arxiv.org/abs/1903.12261
    """

    name = "jpeg_compression"
    constants = {
        "cifar32": (80, 65, 58, 50, 40),
        "tiny64": (65, 58, 50, 40, 25),
        "imagenet224": (25, 18, 15, 10, 7),
    }
    on_bytes = True
    # Entering the graph costs as much as some ten small images.
    block_size = 2**20

    def apply(self, images, constant, draws):
        return _there_and_back()(images, constant).numpy()


@functools.cache
def _there_and_back():
    import tensorflow as tf

    # One graph for all images: calling two operations an image costs more than their work.
    @tf.function(input_signature=[tf.TensorSpec([None] * 4, tf.uint8), tf.TensorSpec([], tf.int32)])
    def there_and_back(images, quality):
        def one(image):
            encoded = tf.raw_ops.EncodeJpegVariableQuality(images=image, quality=quality)
            # The accurate transform is the one that gives the reference's bytes.
            return tf.io.decode_jpeg(encoded, dct_method="INTEGER_ACCURATE")

        with tf.device("CPU:0"):
            return tf.map_fn(one, images, parallel_iterations=1)

    return there_and_back

"""Artefacts of strong JPEG compression."""

import dataclasses

import keras
import numpy as np

from keras_distill.corruptions.image.image_corruption import ImageCorruption


@keras.saving.register_keras_serializable(package="keras_distill")
@dataclasses.dataclass(frozen=True)
class JpegCompression(ImageCorruption):
    """Compresses to JPEG and back, colour at half the resolution.

    Quality, by severity: 80, 65, 58, 50, 40. Float images are rounded to bytes first.

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
    constants = {"cifar32": (80, 65, 58, 50, 40)}
    on_bytes = True

    def apply(self, images, constant, draws):
        import tensorflow as tf

        def there_and_back(image):
            encoded = tf.io.encode_jpeg(image, quality=constant)
            # The accurate transform is the one that gives the reference's bytes.
            return tf.io.decode_jpeg(encoded, dct_method="INTEGER_ACCURATE").numpy()

        return np.stack([there_and_back(image) for image in images]) if len(images) else images

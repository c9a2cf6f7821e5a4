"""Corruptions as augmentation in training."""

import keras
import numpy as np

from keras_distill.corruptions.get import get
from keras_distill.corruptions.image.image_corruption import ImageCorruption
from keras_distill.corruptions.names import names


@keras.saving.register_keras_serializable(package="keras_distill")
class RandomCorruption(keras.layers.Layer):
    """Corrupts some of the images in training, each in a way of its own.

    Use it inside a model, in `dataset.map`, as `augment=` of `kd.datasets.load`, or on arrays.
    A model that was trained on a corruption says nothing about corruptions that it has not
    seen: **never train on those that you report.** ImageNet-C keeps four apart for training
    and tuning; they are the default here.

    It works on the TensorFlow backend, in NumPy on the CPU, and cannot be compiled by XLA: Keras
    leaves that out where `jit_compile="auto"`. With `num_parallel_calls` in `dataset.map` batches
    draw in no fixed order. Before `keras.models.load_model` of a model that holds the layer,
    `import keras_distill.corruptions`.

    Args:
        corruptions: Name of a suite or list of names, see `kd.corruptions.names`. Defaults to
            `"imagenet_c_extra"`.
        severities: Severities to draw from, each 1 to 5. Defaults to `(1, 2, 3)`.
        rate: Probability that an image is corrupted, in [0, 1]. Defaults to 0.5.
        seed: Of all draws. Defaults to 0.

    Call with images `(batch, height, width, 1 or 3)` or one image without the batch axis, float
    in [0, 1] or uint8; shape and dtype stay. With `training=False` nothing is changed.

    Raises:
        ValueError: An argument is not as above, or one of the corruptions is none of images;
            the Keras backend is not TensorFlow.

    Example:

    ```python
    layer = kd.corruptions.RandomCorruption(["gaussian_noise", "pixelate"], rate=1.0)
    images = np.random.default_rng(0).random((8, 16, 16, 3), "float32")
    assert (np.array(layer(images, training=True)) != images).any()
    assert (np.array(layer(images, training=False)) == images).all()
    ```

    Reference:
        Hendrycks & Dietterich, 2019, Benchmarking Neural Network Robustness to Common
        Corruptions and Perturbations, https://arxiv.org/abs/1903.12261
    """

    def __init__(
        self,
        corruptions="imagenet_c_extra",
        severities=(1, 2, 3),
        rate=0.5,
        seed=0,
        **kwargs,
    ):
        if keras.backend.backend() != "tensorflow":
            raise ValueError(
                "RandomCorruption needs the TensorFlow backend. Received: backend "
                f"'{keras.backend.backend()}'. Corrupt the arrays before training instead, with "
                "kd.corruptions.get(name, severity)(images, seed)."
            )
        # Images in [0, 1] are meant to stay float32 under a policy of mixed precision.
        super().__init__(autocast=False, **kwargs)
        self.corruptions = corruptions if isinstance(corruptions, str) else list(corruptions)
        self.severities = list(severities)
        chosen = names(corruptions) if isinstance(corruptions, str) else self.corruptions
        if not chosen or not self.severities:
            raise ValueError(
                "There is nothing to draw from. Expected at least one corruption and one "
                f"severity. Received: corruptions={corruptions!r}, severities={severities!r}."
            )
        if not 0 <= rate <= 1:
            raise ValueError(f"`rate` must be in [0, 1]. Received: rate={rate!r}.")
        self.rate = rate
        self.seed = seed
        self._cells = [get(name, severity) for name in chosen for severity in self.severities]
        for cell in self._cells:
            if not isinstance(cell, ImageCorruption):
                raise ValueError(
                    f"Expected corruptions of images. Received: '{cell.name}', which is none."
                )
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.supports_jit = False
        self.built = True

    def call(self, images, training=True):
        if not training:
            return images
        import tensorflow as tf

        images = tf.convert_to_tensor(images)
        made = tf.numpy_function(
            self._corrupted, [images, self.seed_generator.next()], images.dtype, name="corrupt"
        )
        # TensorFlow does not know what NumPy will give.
        made.set_shape(images.shape)
        return made

    def _corrupted(self, images, state):
        """What NumPy does with a batch; `state` alone decides what is drawn."""
        batch = images if images.ndim == 4 else images[None]
        rng = np.random.default_rng(state)
        chosen = rng.integers(len(self._cells), size=len(batch))
        # 64 bits: no two batches of a training draw the same noise.
        seed = int(rng.integers(2**63))
        chosen[rng.random(len(batch)) >= self.rate] = -1
        made = batch.copy()
        for number, corruption in enumerate(self._cells):
            (which,) = np.nonzero(chosen == number)
            if len(which):
                made[which] = corruption(batch[which], seed, indices=which)
        return made.reshape(images.shape)

    def compute_output_spec(self, images, training=True):
        return keras.KerasTensor(images.shape, images.dtype)

    def get_config(self):
        return super().get_config() | {
            "corruptions": self.corruptions,
            "severities": self.severities,
            "rate": self.rate,
            "seed": self.seed,
        }

"""From raw pixels to what a model is fed, inside the file."""

import keras
import numpy as np

from keras_distill.export.serving.trace import SCOPE


class Preprocessing:
    """The way from whole numbers, 0 to 255, to the inputs of a model.

    A layer that treats each value alone, `scale * pixel + offset` with numbers of its own for each
    channel, is found out by trying; an int8 file does it in integers then, with a range for each
    step that is known beforehand.

    Args:
        model: The `keras.Model`.
        ends: Its `ModelEnds`. Pictures among the inputs are preprocessed; where there are none,
            all inputs of floats.
        preprocess: `"include"`: the image converter of a KerasHub task, or else pixels / 255; or a
            Keras layer, or a function of a batch.

    Raises:
        ValueError: It does not fit the model.
    """

    def __init__(self, model, ends, preprocess):
        floats = [end for end in ends.inputs if keras.backend.is_float_dtype(end.dtype)]
        chosen = [end for end in floats if len(end.shape) == 3] or floats
        if not chosen:
            raise ValueError(
                f"The model {model.name!r} takes whole numbers, which need no preprocessing. Leave "
                "`preprocess` out."
            )
        self._layer, self.described = _layer(model, preprocess)
        self.names = [end.name for end in chosen]
        self.affine = {end.name: self._tried(model, end) for end in chosen}

    def _tried(self, model, end):
        """`(scale, offset)`, or None if the layer does more than that."""
        black, white = (np.full((1, *end.shape), value, "float32") for value in (0, 255))
        noise = np.random.default_rng(0).integers(0, 256, (1, *end.shape)).astype("float32")
        low, high, between = (np.asarray(self._layer(x), "float32") for x in (black, white, noise))
        if low.shape != black.shape:
            raise ValueError(
                f"`preprocess` makes {low.shape[1:]} of images of shape {end.shape}, but the model "
                f"{model.name!r} takes {end.shape}. Expected a layer that keeps the shape."
            )
        axes = tuple(range(low.ndim - 1))
        scale, offset = np.mean((high - low) / 255, axis=axes), np.mean(low, axis=axes)
        off = np.abs(scale * noise + offset - between).max()
        return (scale, offset) if off <= 1e-5 * max(1.0, np.abs(high - low).max()) else None

    def exact(self, tensors):
        """{name: tensor} with raw pixels made into floats by the layer itself."""
        made = dict(tensors)
        for name in self.names:
            made[name] = self._layer(keras.ops.cast(tensors[name], "float32"))
        return made

    def in_integers(self, tensors, trained):
        """The same for an int8 file: each step with its range.

        Args:
            tensors: {name: float32 tensor} of raw pixels.
            trained: Whether the model brings the range of its inputs itself.
        """
        made = dict(tensors)
        for name in self.names:
            x = _ranged(made[name], 0.0, 255.0)
            made[name] = (
                self._layer(x) if self.affine[name] is None else self._steps(name, x, trained)
            )
        return made

    def _steps(self, name, x, trained):
        scale, offset = self.affine[name]
        low, high = np.minimum(0, 255 * scale).min(), np.maximum(0, 255 * scale).max()
        x = x * keras.ops.convert_to_tensor(_shortest(scale))
        if offset.any():
            x = _ranged(x, low, high)
            x = x + keras.ops.convert_to_tensor(_shortest(offset))
            ends = np.stack([offset, offset + 255 * scale])
            low, high = ends.min(), ends.max()
        # A second range behind the model's own would be a second rounding.
        return x if trained else _ranged(x, low, high)


def _layer(model, preprocess):
    """`(function, what the manifest says of it)`."""
    if isinstance(preprocess, str) and preprocess != "include":
        raise ValueError(
            f"Received preprocess={preprocess!r}. Expected 'include', a Keras layer such as "
            "keras.layers.Rescaling(1 / 127.5, offset=-1), or None."
        )
    if isinstance(preprocess, str):
        converter = getattr(getattr(model, "preprocessor", None), "image_converter", None)
        if converter is not None:
            return converter, f"the image converter of {model.name}"
        return keras.layers.Rescaling(1 / 255), "pixels / 255"
    if not callable(preprocess):
        raise ValueError(
            f"Received preprocess={preprocess!r}. Expected 'include', a Keras layer such as "
            "keras.layers.Rescaling(1 / 127.5, offset=-1), or None."
        )
    name = getattr(preprocess, "name", getattr(preprocess, "__name__", "function"))
    return preprocess, f"{type(preprocess).__name__} {name!r}"


def _shortest(values):
    """One number where all are the same."""
    return np.float32(values[0]) if np.ptp(values) == 0 else values.astype("float32")


def _ranged(x, low, high):
    import tensorflow as tf

    # Zero has to be among the values: TensorFlow would move a range without it.
    low, high = min(0.0, float(low)), max(0.0, float(high))
    with tf.name_scope(SCOPE):
        return tf.quantization.fake_quant_with_min_max_args(x, low, high)

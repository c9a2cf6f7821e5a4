"""One face for anything that predicts."""

import keras
import numpy as np

from keras_distill.predictors.output_kind import output_kind

_BATCH = 256


class Predictor:
    """A model, whatever it is stored as, as a function of images.

    Made by `keras_distill.predictors.load`; whoever measures models sees only this.

    Args:
        function: Takes a float32 array `(n, …)` of at most 256 examples and returns the raw
            outputs `(n, classes)`.
        kind: `"keras"`, `"saved_model"`, `"tflite"` or `"callable"`.
        name: What to call it in tables and errors.
        input_shape: Shape of one example, `None` for an axis of any length; `None` where
            nothing is known of it.
        model: The `keras.Model`, if it is one.
        path: The path it was read from, if it was.
        outputs: `"logits"`, `"probabilities"`, or `"unknown"`: then the first outputs that
            come along decide.

    Example:

    ```python
    predictor = kd.predictors.Predictor(lambda images: images[:, :3], "callable", name="slice")
    assert predictor.predict(np.zeros((2, 5), "float32")).shape == (2, 3)
    ```
    """

    def __init__(
        self, function, kind, name, input_shape=None, model=None, path=None, outputs="unknown"
    ):
        self.kind = kind
        self.name = name
        self.input_shape = input_shape
        self.model = model
        self.path = path
        self.outputs = outputs
        self._function = function

    def __repr__(self):
        return f"<Predictor {self.name!r}: {self.kind}, input {self.input_shape}, {self.outputs}>"

    def predict(self, images):
        """The model's raw outputs.

        Args:
            images: Array `(n, …)`, in the convention the model was made for: cast to float32,
                or texts, which are given on as they are.

        Returns:
            Float32 array `(n, classes)`; integers of a quantized file are dequantized.
        """
        images = np.asarray(images)
        if images.dtype.kind not in "OUS":
            images = images.astype("float32")
        self._check(images)
        # An empty array still has to come back with the right number of classes.
        starts = range(0, len(images), _BATCH) or [0]
        batches = [self._one(images[i : i + _BATCH]) for i in starts]
        outputs = np.concatenate(batches)
        if self.outputs == "unknown" and len(outputs):
            self.outputs = output_kind(None, outputs)
        return outputs

    def probabilities(self, images):
        """Class probabilities, with softmax applied where the model gives logits.

        Args:
            images: Array `(n, …)`, in the convention the model was made for.

        Returns:
            Float32 array `(n, classes)`. With a single output, its probability `(n, 1)`.
        """
        outputs = self.predict(images)
        if self.outputs != "logits":
            return outputs
        if outputs.shape[1] == 1:
            return 1 / (1 + np.exp(-outputs))
        exponentials = np.exp(outputs - outputs.max(axis=1, keepdims=True))
        return exponentials / exponentials.sum(axis=1, keepdims=True)

    def _one(self, images):
        outputs = self._function(images)
        if isinstance(outputs, dict):
            outputs = list(outputs.values())
        if isinstance(outputs, (list, tuple)):
            if len(outputs) != 1:
                raise ValueError(
                    f"{self.name!r} has {len(outputs)} outputs; a predictor needs a model with "
                    "one. Make a model of the one output you want to measure."
                )
            outputs = outputs[0]
        return np.asarray(keras.ops.convert_to_numpy(outputs), "float32")

    def _check(self, images):
        if self.input_shape is None:
            return
        fits = images.ndim == 1 + len(self.input_shape) and all(
            wanted in (None, received)
            for wanted, received in zip(self.input_shape, images.shape[1:], strict=True)
        )
        if not fits:
            wanted = ", ".join(str(n) for n in ("n", *self.input_shape))
            raise ValueError(
                f"{self.name!r} expects images of shape ({wanted}), but received an array of "
                f"shape {images.shape}. Resize or reshape the images to what the model was "
                "made for."
            )

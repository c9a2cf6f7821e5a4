"""One face for anything that predicts."""

import keras
import numpy as np

from keras_distill.predictors.cut_texts import cut_texts
from keras_distill.predictors.output_kind import output_kind

_BATCH = 256


class Predictor:
    """A model, whatever it is stored as, as a function of images or of texts.

    Made by `keras_distill.predictors.load`; whoever measures models sees only this.

    Args:
        function: Takes a float32 array `(n, …)` of at most 256 examples, an array of texts, or
            what the preprocessor made of them, and returns the raw outputs `(n, classes)`.
        kind: `"keras"`, `"saved_model"`, `"tflite"` or `"callable"`.
        name: What to call it in tables and errors.
        input_shape: Shape of one example, `None` for an axis of any length, `()` of texts;
            `None` where nothing is known of it.
        model: The `keras.Model`, if it is one.
        path: The path it was read from, if it was.
        outputs: `"logits"`, `"probabilities"`, or `"unknown"`: then the first outputs that
            come along decide.
        preprocessor: What makes numbers of texts, from a list of str: the predictor takes texts
            then. Optional.
        texts: Whether it takes texts, as it does with a preprocessor; None where nothing is
            known of it.

    Example:

    ```python
    predictor = kd.predictors.Predictor(lambda images: images[:, :3], "callable", name="slice")
    assert predictor.predict(np.zeros((2, 5), "float32")).shape == (2, 3)
    ```
    """

    def __init__(
        self, function, kind, name, input_shape=None, model=None, path=None, outputs="unknown",
        preprocessor=None, texts=None,
    ):  # fmt: skip
        self.kind = kind
        self.name = name
        self.preprocessor = preprocessor
        self.texts = texts if preprocessor is None else True
        self.input_shape = () if self.texts else input_shape
        self.model = model
        self.path = path
        self.outputs = outputs
        self._function = function

    def __repr__(self):
        return f"<Predictor {self.name!r}: {self.kind}, input {self.input_shape}, {self.outputs}>"

    def predict(self, images):
        """The model's raw outputs.

        Args:
            images: Array `(n, …)`, in the convention the model was made for: cast to float32;
                or texts `(n,)`, a list or an array of them.

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

    def cut(self, texts):
        """How many of the texts are longer than what the model sees of them; None if unknown."""
        return None if self.preprocessor is None else cut_texts(self.preprocessor, _strings(texts))

    def _one(self, images):
        given = images
        if self.preprocessor is not None:
            # Nothing at all would have no kind, and a preprocessor would take it for numbers.
            given = self.preprocessor(_strings(images) or [""])
        outputs = self._function(given)
        if isinstance(outputs, dict):
            outputs = list(outputs.values())
        if isinstance(outputs, (list, tuple)):
            if len(outputs) != 1:
                raise ValueError(
                    f"{self.name!r} has {len(outputs)} outputs; a predictor needs a model with "
                    "one. Make a model of the one output you want to measure."
                )
            outputs = outputs[0]
        outputs = np.asarray(keras.ops.convert_to_numpy(outputs), "float32")
        return outputs if self.preprocessor is None else outputs[: len(images)]

    def _check(self, images):
        if images.dtype.kind in "OUS":
            self._check_texts(images)
        elif self.texts and len(images):
            raise ValueError(
                f"{self.name!r} expects texts, an array of strings of shape (n,), but received an "
                f"array of shape {images.shape} and dtype {images.dtype}. Give the texts "
                "themselves; they are made into numbers here."
            )
        elif self.input_shape is not None and not self.texts:
            self._check_shape(images)

    def _check_texts(self, texts):
        if self.texts is False:
            raise ValueError(
                f"{self.name!r} takes numbers, but received texts. Load it with the preprocessor "
                "that it was trained with: keras_distill.predictors.load(model, preprocessor=…)."
            )
        if self.texts and texts.ndim != 1:
            raise ValueError(
                f"{self.name!r} expects texts, an array of strings of shape (n,), but received an "
                f"array of shape {texts.shape}. Give one text for each example."
            )

    def _check_shape(self, images):
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


def _strings(texts):
    return [t.decode("utf-8", "replace") if isinstance(t, bytes) else str(t) for t in texts]

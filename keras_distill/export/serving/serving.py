"""A Keras model as the function that a file holds."""

import contextlib

import keras
import numpy as np

from keras_distill.export.proof.examples import generate
from keras_distill.export.serving.kept_scopes import kept_scopes
from keras_distill.export.serving.layers_that_make import layers_that_make
from keras_distill.export.serving.output_form import OutputForm
from keras_distill.export.serving.preprocessing import Preprocessing
from keras_distill.export.serving.reference import reference
from keras_distill.export.serving.trace import call, write_saved_model
from keras_distill.export.serving.unrolled import unrolled

_FEW = 32


class Serving:
    """The model with its preprocessing before it and its outputs in the form asked for.

    Args:
        model: The `keras.Model`.
        ends: Its `ModelEnds`, every axis fixed.
        preprocess, output: As in `to_tflite`.
        bytes_in: Whether inputs of floats are made uint8 although the file is float inside.
        integers: `"training"` or `"calibration"` if the file is made of integers, by where their
            ranges come from; else None.
        samples: {input: examples}, as the file is fed; None: outputs are judged on generated ones.
        batch: Number of examples that it takes at once; None for any.
        unroll: Why recurrent layers have to be unrolled, or None.
    """

    def __init__(
        self, model, ends, preprocess, output, samples=None, *,
        bytes_in=False, integers=None, batch=None, unroll=None,
    ):  # fmt: skip
        self.model, self.ends, self.integers = model, ends, integers
        self._bytes_in, self._batch, self._unroll = bytes_in, batch, unroll
        self.preprocessing = None
        if preprocess is not None:
            self.preprocessing = Preprocessing(model, ends, preprocess)
        self._call = call(model, ends)
        examples = self._few(samples) if output is not None else None
        as_it_is = self._run(examples) if output is not None else None
        self.form = OutputForm(model, ends, output, as_it_is)
        if output == "logits":
            self.form.check(as_it_is, self.reference(examples))

    @property
    def pixels(self):
        """Names of the inputs that take raw pixels."""
        if self.preprocessing is not None:
            return self.preprocessing.names
        floats = [e.name for e in self.ends.inputs if keras.backend.is_float_dtype(e.dtype)]
        return floats if self._bytes_in else []

    def as_fed(self, examples):
        """{input: examples} in the types of the graph's inputs."""
        raw = self.pixels if self._bytes_in else ()
        return {n: v.astype("uint8") if n in raw else v for n, v in examples.items()}

    def reference(self, samples):
        """{output: array}: what the Keras model says, in the form asked for."""
        with self.form.taken_off():
            return self._run(samples, self.form.apply)

    def _run(self, samples, after=lambda outputs: outputs):
        before = self.preprocessing.exact if self.preprocessing is not None else dict
        return reference(self.ends, lambda tensors: after(self._call(before(tensors))), samples)

    def _few(self, samples):
        if samples is not None:
            return {name: values[:_FEW] for name, values in samples.items()}
        high = {end.name: 255.0 if end.name in self.pixels else 1.0 for end in self.ends.inputs}
        made = {e.name: generate(e.shape, 0.0, high[e.name], _FEW) for e in self.ends.inputs}
        # Whole numbers where those are looked up or are pixels.
        floats = {e.name for e in self.ends.inputs if keras.backend.is_float_dtype(e.dtype)}
        exact = floats - set(self.pixels)
        return {name: v if name in exact else np.rint(v) for name, v in made.items()}

    def write(self, folder, keep_float=()):
        """Writes the SavedModel that is converted.

        Args:
            folder: Where to.
            keep_float: Paths of layers to mark.

        Returns:
            `(types of its operators, paths of layers that were unrolled, {path: scope})`.
        """
        with contextlib.ExitStack() as stack:
            stack.enter_context(self.form.taken_off())
            done = stack.enter_context(unrolled(self.model, self._unroll))
            scopes = stack.enter_context(kept_scopes(self.model, keep_float))
            raw = dict.fromkeys(self.pixels if self._bytes_in else (), "uint8")
            operators = write_saved_model(
                self.model, self.ends, folder, batch=self._batch, serve=self._in_the_file, raw=raw
            )
        return operators, done, scopes

    def makers_of(self, operators):
        """{path: operators} of the layers that make operators of these types."""
        import tensorflow as tf

        specs = {
            end.name: tf.TensorSpec((self.ends.batch or self._batch, *end.shape), end.dtype)
            for end in self.ends.inputs
        }

        def trace():
            tf.function(self._call).get_concrete_function(specs)

        with self.form.taken_off(), unrolled(self.model, self._unroll):
            return layers_that_make(self.model, trace, operators)

    def _in_the_file(self, tensors):
        if self._bytes_in:
            tensors = {
                name: keras.ops.cast(tensor, "float32") if name in self.pixels else tensor
                for name, tensor in tensors.items()
            }
        trained = self.integers == "training"
        if self.preprocessing is not None and self._bytes_in:
            tensors = self.preprocessing.exact(tensors)
        elif self.preprocessing is not None:
            tensors = self.preprocessing.in_integers(tensors, trained)
        return self.form.apply(self._call(tensors), ranges=trained)

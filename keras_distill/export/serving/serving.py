"""A Keras model as the function that a file holds."""

import contextlib

import keras
import numpy as np

from keras_distill.export.proof.examples import generate
from keras_distill.export.serving.average_pooling import average_pooling
from keras_distill.export.serving.finite_masks import finite_masks
from keras_distill.export.serving.finite_paddings import finite_paddings
from keras_distill.export.serving.hard_swish import hard_swish
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
        self._samples = samples
        self.preprocessing = None
        if preprocess is not None:
            self.preprocessing = Preprocessing(model, ends, preprocess)
        self._call = call(model, ends)
        examples = None
        if output is not None:
            given = self.few(_FEW) if samples is None else samples
            examples = {name: values[:_FEW] for name, values in given.items()}
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
        types = {e.name: "uint8" if e.name in raw else e.dtype for e in self.ends.inputs}
        return {name: values.astype(types[name]) for name, values in examples.items()}

    def reference(self, samples):
        """{output: array}: what the Keras model says, in the form asked for."""
        with self.form.taken_off():
            return self._run(samples, self.form.apply)

    def _in_eager(self):
        """Runs the Keras model on a few examples, operation by operation."""
        import tensorflow as tf

        rows = np.arange(self.ends.batch or _FEW)
        given = self.few(_FEW) if self._samples is None else self._samples
        tensors = {
            end.name: tf.constant(given[end.name].take(rows, axis=0, mode="wrap"), end.dtype)
            for end in self.ends.inputs
        }
        self._call(self.preprocessing.exact(tensors) if self.preprocessing else tensors)

    def _run(self, samples, after=lambda outputs: outputs):
        before = self.preprocessing.exact if self.preprocessing is not None else dict
        return reference(self.ends, lambda tensors: after(self._call(before(tensors))), samples)

    def few(self, count):
        """{input: examples} that are generated, always the same, within [0, 1] or as pixels."""
        made = {}
        for seed, end in enumerate(self.ends.inputs):
            pixels = end.name in self.pixels
            values = generate(end.shape, 0.0, 255.0 if pixels else 1.0, count, seed)
            floats = keras.backend.is_float_dtype(end.dtype) and not pixels
            # Whole numbers where those are looked up or are pixels.
            made[end.name] = values if floats else np.rint(values)
        return made

    def write(self, folder, keep_float=(), more=()):
        """Writes the SavedModel.

        Args:
            folder: Where to.
            keep_float: Paths of layers to mark.
            more: {name: `tf.function`}: further signatures.

        Returns:
            `(types of its operators, paths of layers that were unrolled, {path: scope})`.
        """
        with contextlib.ExitStack() as stack:
            stack.enter_context(self.form.taken_off())
            stack.enter_context(finite_masks(self.integers is not None))
            stack.enter_context(average_pooling(self.integers == "calibration"))
            stack.enter_context(hard_swish(self.integers == "calibration"))
            stack.enter_context(finite_paddings(self.integers is not None, self._in_eager))
            done = stack.enter_context(unrolled(self.model, self._unroll))
            scopes = stack.enter_context(kept_scopes(self.model, keep_float))
            raw = dict.fromkeys(self.pixels if self._bytes_in else (), "uint8")
            operators = write_saved_model(
                self.model, self.ends, folder, batch=self._batch, serve=self.in_the_file, raw=raw,
                more=more,
            )  # fmt: skip
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

    def in_the_file(self, tensors):
        """{output: tensor} of {input: tensor}, as the file is fed."""
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

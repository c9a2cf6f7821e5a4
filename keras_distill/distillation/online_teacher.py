"""A teacher that runs in every step, outside the gradient."""

import contextlib
import inspect

import keras
from keras import ops

from keras_distill.predictors import FeatureTaps, output_kind
from keras_distill.teachers.model_inputs import fed


class OnlineTeacher:
    """Runs a `keras.Model` on the batch and keeps its outputs and tapped features.

    Args:
        model: The teacher. It is not changed.
        inputs: What it is fed, as `Distiller`'s `teacher_inputs`.
        paths: Layers whose outputs are compared.
    """

    def __init__(self, model, inputs, paths):
        self.model = model
        self.inputs = inputs
        self._taps = FeatureTaps(model, paths, "teacher")
        self._kind = "unknown"

    def symbolic(self):
        """What a batch brings of the teacher: nothing."""
        return {}

    def trace(self, x, stored=None):
        """`(features, outputs)` of the batch, as they are."""
        with self._taps.capture() as features:
            outputs = self.model(self.fed(x), **training_of(self.model, False))
        return features, outputs

    def run(self, x, stored=None, state=()):
        """`(features, outputs)` of the batch, without gradient.

        Args:
            x: The batch's inputs.
            stored: What comes with the batch; nothing of this teacher.
            state: `(variable, value)` pairs of the student under JAX, where `fit` empties
                its variables: students that teach each other are their own teacher.
        """
        # Under JAX a teacher that counts or caches would keep a tracer; here it is dropped.
        jax = keras.backend.backend() == "jax"
        with keras.StatelessScope(state_mapping=state) if jax else contextlib.nullcontext():
            made = self.trace(x)
        return keras.tree.map_structure(_detached, made)

    def fed(self, x):
        """What the model is fed when a batch's inputs are `x`."""
        return fed(x, self.inputs, "teacher")

    def kind(self, path=None):
        """Whether the output, or the layer at a path, gives logits or probabilities."""
        return self._kind if path is None else output_kind(self._taps.layer(path))

    def learn_kind(self, outputs=None):
        """Tells logits from probabilities by the last layer, else by values."""
        self._kind = output_kind(self.model, outputs)


def training_of(model, training):
    """`training=` for models whose `call` has it."""
    takes = "training" in inspect.signature(model.call).parameters
    return {"training": training} if takes else {}


def _detached(outputs):
    """Without gradient; the logits Keras kept stay with them."""
    kept = getattr(outputs, "_keras_logits", None)
    outputs = ops.stop_gradient(outputs)
    if kept is not None:
        outputs._keras_logits = ops.stop_gradient(kept)
    return outputs

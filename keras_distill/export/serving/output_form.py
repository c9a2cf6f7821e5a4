"""Logits or probabilities, as they are asked for."""

import contextlib

import keras
import numpy as np

from keras_distill.export.serving.output_kinds import output_kinds
from keras_distill.export.serving.trace import SCOPE
from keras_distill.predictors.last_layer import last_layer

_ACTIVATIONS = {"softmax": "softmax", "sigmoid": "sigmoid"}


class OutputForm:
    """How the outputs of a model become logits or probabilities.

    Args:
        model: The `keras.Model`.
        ends: Its `ModelEnds`.
        wanted: `"probabilities"`: softmax is added to logits, or sigmoid where there is one; or
            `"logits"`: the last activation is taken off. None: outputs stay as they are.
        outputs: {name: array}: a few outputs of the model, to judge by where its layers do not
            tell.

    Raises:
        ValueError: What an output is cannot be known, or its activation cannot be taken off.
    """

    def __init__(self, model, ends, wanted, outputs):
        if wanted not in (None, "logits", "probabilities"):
            raise ValueError(
                f"Received output={wanted!r}. Expected 'probabilities', 'logits' or None."
            )
        self.model, self._ends, self.wanted = model, ends, wanted
        self.kinds = output_kinds(model, ends, outputs)
        self._added, self._layers = {}, {}
        if wanted is None:
            return
        tensors = keras.tree.flatten(getattr(_graph(model), "outputs", None) or [])
        for number, end in enumerate(ends.outputs):
            kind = self.kinds[end.name]
            if kind == "unknown":
                raise ValueError(
                    f"Whether the output {end.key!r} of {model.name!r} is logits or probabilities "
                    f"cannot be told, so output={wanted!r} cannot be made of it. Leave `output` "
                    "out, or end the model in a Dense layer or a Softmax."
                )
            if kind == wanted:
                continue
            if wanted == "probabilities":
                self._add(end, len(ends.outputs) > 1)
            else:
                self._layers[end.name] = self._take_off(end, tensors[number] if tensors else None)
            self.kinds[end.name] = wanted

    def _add(self, end, several):
        size = end.shape[-1] if end.shape else 1
        if several and size == 1:
            raise ValueError(
                f"The output {end.key!r} of {self.model.name!r} is one number: a measurement, or "
                "a logit, which cannot be told where there are several outputs. Leave `output` "
                "out, or give that layer the activation that it should have."
            )
        self._added[end.name] = "sigmoid" if size == 1 else "softmax"

    def _take_off(self, end, tensor):
        layer = None if tensor is None else last_layer(tensor)
        softmax = isinstance(layer, keras.layers.Softmax)
        name = getattr(getattr(layer, "activation", None), "__name__", "")
        if not softmax and name not in _ACTIVATIONS:
            raise ValueError(
                f"The output {end.key!r} of {self.model.name!r} is probabilities, but no softmax "
                "or sigmoid was found to take off. Leave `output` out, or end the model in a "
                "layer with an activation."
            )
        return layer, "softmax" if softmax else name

    def told(self, outputs):
        """{name: kind}, of the outputs as they were asked for; {name: array} helps to tell."""
        return self.kinds if self.wanted else output_kinds(self.model, self._ends, outputs)

    @contextlib.contextmanager
    def taken_off(self):
        """The model without its last activations, for as long as the block lasts."""
        with contextlib.ExitStack() as stack:
            for layer, _ in self._layers.values():
                attribute = "call" if isinstance(layer, keras.layers.Softmax) else "activation"
                own = vars(layer).get(attribute)
                vars(layer)[attribute] = _unchanged
                stack.callback(_give_back, layer, attribute, own)
            yield

    def apply(self, outputs, ranges=False):
        """{name: tensor} with softmax or sigmoid where one was to be added.

        With `ranges` the result is rounded as LiteRT's integer softmax does: to 256ths.
        """
        import tensorflow as tf

        made = dict(outputs)
        for name, kind in self._added.items():
            made[name] = (
                keras.ops.softmax(made[name]) if kind == "softmax" else _sigmoid(made[name])
            )
            if ranges:
                with tf.name_scope(SCOPE):
                    made[name] = tf.quantization.fake_quant_with_min_max_args(
                        made[name], 0.0, 255 / 256
                    )
        return made

    def check(self, with_activation, without):
        """Raises unless the activations, put on again, give what the model gives.

        Args:
            with_activation: {name: array}, of the model as it is.
            without: The same of the model without its last activations.
        """
        for name, (_, kind) in self._layers.items():
            again = getattr(keras.ops, kind)(np.asarray(without[name], "float32"))
            again = keras.ops.convert_to_numpy(again)
            if not np.allclose(again, with_activation[name], atol=1e-5):
                raise ValueError(
                    f"The {kind} at the end of {self.model.name!r} cannot be taken off: something "
                    "comes after it, or its ranges of training hold no logits. Leave `output` out."
                )


def _graph(model):
    return getattr(model, "_functional", None) or model


def _unchanged(inputs, *args, **kwargs):
    return inputs


def _sigmoid(tensor):
    return keras.ops.sigmoid(tensor)


def _give_back(layer, attribute, own):
    if own is None:
        del vars(layer)[attribute]
    else:
        vars(layer)[attribute] = own

import keras
from keras import ops

from keras_distill.compression.graph.layer_wrapper import LayerWrapper
from keras_distill.compression.graph.prepared_layer import PreparedLayer
from keras_distill.compression.graph.substituted_weights import substituted_weights
from keras_distill.compression.quantization.activation_range import is_calibrating
from keras_distill.compression.quantization.attribute_assignments import (
    AttributeAssignments,
    carried_out,
)

# TF-MOT's QuantizeAwareActivation: which functions are rounded before, and which not after.
_BEFORE = ("gelu", "sigmoid", "softmax", "tanh")
_NOT_AFTER = ("sigmoid", "softmax", "tanh")


@keras.saving.register_keras_serializable(package="keras_distill")
class QuantizeWrapper(PreparedLayer, LayerWrapper):
    """A layer that computes with the fake quantization that a `QuantizeConfig` asks for.

    `keras_distill.compression.quantize_apply` puts it around layers that were annotated with a
    configuration; the default scheme's wrapper is `keras_distill.compression.QuantizedLayer`.

    Args:
        layer: the layer to wrap.
        quantize_config: a `keras_distill.compression.QuantizeConfig` or one of TF-MOT's.
        **kwargs: `name`, `dtype` and `trainable`, as for every layer.

    Returns:
        What the wrapped layer returns, quantized where the configuration has a quantizer for it.

    Example:

    ```python
    class OutputOnly(kd.compression.QuantizeConfig):
        def get_output_quantizers(self, layer):
            return [kd.compression.MovingAverageQuantizer(8, False, False, False)]

    layer = kd.compression.QuantizeWrapper(keras.layers.Dense(4), OutputOnly())
    print(layer(np.ones((1, 8), "float32")).shape)  # (1, 4)
    ```
    """

    def __init__(self, layer, quantize_config, **kwargs):
        super().__init__(layer, **{"name": layer.name, **kwargs})
        self.quantize_config = quantize_config
        self.supports_masking = layer.supports_masking
        self.supports_jit = False

    def build(self, input_shape=None):
        super().build(input_shape)
        config, owner = self.quantize_config, _Owner(self)
        # In tuples of a plain object: Keras would track quantizers and variables in lists.
        self._weight_quantizers = _Untracked(
            (variable, quantizer, quantizer.build(variable.shape, variable.name, owner))
            for variable, quantizer in config.get_weights_and_quantizers(self.layer)
        )
        self._activation_quantizers = _Untracked(
            (function, quantizer, _ranges(function, quantizer, owner))
            for function, quantizer in config.get_activations_and_quantizers(self.layer)
        )
        quantizers = config.get_output_quantizers(self.layer)
        self._output_quantizers = _Untracked(
            (one, one.build(self.compute_output_shape(input_shape), "output", owner))
            for one in quantizers[:1]
        )

    def call(self, inputs, training=None):
        training = bool(training)
        seen = AttributeAssignments(self.layer)
        self.quantize_config.set_quantize_weights(
            seen, [_apply(q, v.value, training, w) for v, q, w in self._weight_quantizers]
        )
        functions = [_quantized(*given, training) for given in self._activation_quantizers]
        self.quantize_config.set_quantize_activations(seen, functions)
        with carried_out(seen, by=self.quantize_config) as mapping:
            outputs = self._run(inputs, training, mapping)
        for quantizer, weights in self._output_quantizers:
            outputs = _apply(quantizer, outputs, training, weights)
        return outputs

    def _run(self, inputs, training, mapping):
        known = "training" in self.layer.call_signature_parameters
        extra = {"training": training} if known else {}
        with substituted_weights(self.layer, mapping):
            return self.layer(inputs, **extra)

    def compute_mask(self, inputs, previous_mask):
        return self.layer.compute_mask(inputs, previous_mask)

    def compute_output_spec(self, inputs, training=None):
        # A custom layer need not know the shape of its outputs: its call is traced then.
        return self.layer.compute_output_spec(inputs)

    def compute_output_shape(self, input_shape):
        inputs = keras.tree.map_shape_structure(keras.KerasTensor, input_shape)
        return keras.tree.map_structure(lambda one: one.shape, self.compute_output_spec(inputs))

    def get_config(self):
        config = keras.saving.serialize_keras_object(self.quantize_config)
        return {**super().get_config(), "quantize_config": config}

    @classmethod
    def from_config(cls, config):
        names = ("layer", "quantize_config")
        made = {name: keras.saving.deserialize_keras_object(config[name]) for name in names}
        return cls(**{**config, **made})


class _Untracked:
    def __init__(self, items):
        self._items = tuple(items)

    def __iter__(self):
        return iter(self._items)


class _Owner:
    """Takes `add_weight` as Keras 2 has it, and hands out TensorFlow's variables."""

    def __init__(self, layer):
        self._layer = layer

    def add_weight(self, name, shape=None, dtype="float32", initializer=None, **kwargs):
        shape = () if shape is None else (shape,) if isinstance(shape, int) else tuple(shape)
        dtype = keras.backend.standardize_dtype(dtype)
        # Keras's default lets each replica keep a value of its own.
        counts = not keras.backend.is_float_dtype(dtype)
        return self._layer.add_weight(
            name=name, shape=shape, dtype=dtype, initializer=initializer or "zeros",
            trainable=kwargs.get("trainable", False), autocast=False,
            aggregation="only_first_replica" if counts else "mean",
        ).value  # fmt: skip


def _name(function):
    return getattr(function, "__name__", type(function).__name__)


def _ranges(function, quantizer, owner):
    places = ["pre_activation"] if _name(function) in _BEFORE else []
    places += [] if _name(function) in _NOT_AFTER else ["post_activation"]
    return {place: quantizer.build(None, place, owner) for place in places}


def _quantized(function, quantizer, ranges, training):
    def quantized(values):
        if "pre_activation" in ranges:
            values = _apply(quantizer, values, training, ranges["pre_activation"])
        values = function(values)
        if "post_activation" in ranges:
            values = _apply(quantizer, values, training, ranges["post_activation"])
        return values

    return quantized


def _apply(quantizer, values, training, weights):
    moves = training or is_calibrating()
    exact = quantizer(ops.cast(values, "float32"), moves, weights=weights)
    return ops.cast(exact, values.dtype)

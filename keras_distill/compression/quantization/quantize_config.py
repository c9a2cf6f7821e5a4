import abc

METHODS = (
    "get_weights_and_quantizers",
    "get_activations_and_quantizers",
    "set_quantize_weights",
    "set_quantize_activations",
    "get_output_quantizers",
    "get_config",
)


class QuantizeConfig(abc.ABC):
    """What of a layer is quantized, and how: TF-MOT's interface, to write your own.

    Pass one to `keras_distill.compression.quantize_annotate_layer`. Quantizers are TF-MOT's
    (`LastValueQuantizer`, `MovingAverageQuantizer` and `AllValuesQuantizer` of this room, or any
    `tfmot.quantization.keras.quantizers.Quantizer`). TF-MOT's own configurations are accepted
    too. Register the class with `keras.saving.register_keras_serializable`, so that models
    that hold one load.

    Example:

    ```python
    class OutputOnly(kd.compression.QuantizeConfig):
        def get_output_quantizers(self, layer):
            return [kd.compression.MovingAverageQuantizer(8, False, False, False)]

    layer = kd.compression.quantize_annotate_layer(keras.layers.Dense(4), OutputOnly())
    ```
    """

    def get_weights_and_quantizers(self, layer):
        """List of (variable of the layer, quantizer). None by default."""
        return []

    def get_activations_and_quantizers(self, layer):
        """List of (activation function of the layer, quantizer). None by default."""
        return []

    def set_quantize_weights(self, layer, quantize_weights):
        """Set the quantized tensors in place of the variables, in the order of the list above."""
        self._refuse("set_quantize_weights", quantize_weights)

    def set_quantize_activations(self, layer, quantize_activations):
        """Set the quantized functions in place of the activations, in their order."""
        self._refuse("set_quantize_activations", quantize_activations)

    def _refuse(self, method, given):
        if given:
            raise NotImplementedError(
                f"{type(self).__name__} names {len(given)} quantizers for `{method}`, which says "
                "nothing of where their results go. Write it, as in "
                "`layer.kernel = quantize_weights[0]`."
            )

    @abc.abstractmethod
    def get_output_quantizers(self, layer):
        """List of at most one quantizer, for the output of the layer."""

    def get_config(self):
        """The arguments of the constructor."""
        return {}

    @classmethod
    def from_config(cls, config):
        """The object that `get_config` describes."""
        return cls(**config)

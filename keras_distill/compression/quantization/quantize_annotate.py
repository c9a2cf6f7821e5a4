import keras

from keras_distill.compression.graph.layer_wrapper import LayerWrapper


@keras.saving.register_keras_serializable(package="keras_distill")
class QuantizeAnnotate(LayerWrapper):
    """Marks a layer that `quantize_apply` is to quantize; computes what the layer computes.

    `keras_distill.compression.quantize_annotate_layer` and `quantize_annotate_model` make it.
    It keeps the layer's name.

    Args:
        layer: the layer to mark.
        quantize_config: a `keras_distill.compression.QuantizeConfig` or one of TF-MOT's; None for
            the default 8-bit scheme.
        **kwargs: `name`, `dtype` and `trainable`, as for every layer.

    Returns:
        What the marked layer returns.

    Example:

    ```python
    layer = kd.compression.QuantizeAnnotate(keras.layers.Dense(4))
    print(layer(np.ones((1, 8), "float32")).shape)  # (1, 4)
    ```
    """

    def __init__(self, layer, quantize_config=None, **kwargs):
        super().__init__(layer, **{"name": layer.name, **kwargs})
        self.quantize_config = quantize_config

    def call(self, inputs, training=None):
        if "training" in self.layer.call_signature_parameters:
            return self.layer(inputs, training=training)
        return self.layer(inputs)

    def compute_output_shape(self, input_shape):
        return self.layer.compute_output_shape(input_shape)

    def get_config(self):
        config = keras.saving.serialize_keras_object(self.quantize_config)
        return {**super().get_config(), "quantize_config": config}

    @classmethod
    def from_config(cls, config):
        config = {**config, "layer": keras.saving.deserialize_keras_object(config["layer"])}
        given = config["quantize_config"]
        config["quantize_config"] = keras.saving.deserialize_keras_object(given)
        return cls(**config)

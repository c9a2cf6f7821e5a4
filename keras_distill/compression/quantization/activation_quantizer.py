import keras

from keras_distill.compression.quantization.activation_range import hold_to_range


@keras.saving.register_keras_serializable(package="keras_distill")
class ActivationQuantizer(keras.layers.Layer):
    """Fake 8- or 16-bit quantization of what flows between layers.

    `keras_distill.compression.QuantizedComposite` puts them where no inner layer of a composite
    one could carry the range. TF-MOT's own quantizer: a moving average of what training
    showed, starting at [-6, 6].

    Args:
        bits: 8; or 16, then symmetric around zero as TFLite's are. Defaults to 8.
        **kwargs: `name`, `dtype` and `trainable`, as for every layer.

    Returns:
        A tensor of the shape and dtype it is given, on at most 256 levels (65,535 of 16 bits).

    Example:

    ```python
    layer = kd.compression.ActivationQuantizer()
    print(layer(np.array([[0.0, 7.0]], "float32")).shape)  # (1, 2)
    ```

    Reference:
        - [Jacob et al., 2018](https://arxiv.org/abs/1712.05877)
    """

    def __init__(self, bits=8, **kwargs):
        # Ranges are float32 under every policy, and so is TensorFlow's quantizer.
        super().__init__(**{**kwargs, "dtype": "float32", "autocast": False})
        self.bits = bits
        self.supports_masking = True
        self.supports_jit = False

    def build(self, input_shape):
        self.range_min, self.range_max = (
            self.add_weight(
                name=name,
                shape=(),
                initializer=keras.initializers.Constant(value),
                trainable=False,
                aggregation="mean",
            )
            for name, value in (("min", -6.0), ("max", 6.0))
        )

    def call(self, inputs, training=None):
        return hold_to_range(inputs, self.range_min, self.range_max, self.bits, bool(training))

    def get_config(self):
        return {**super().get_config(), "bits": self.bits}

    def compute_output_spec(self, inputs, training=None):
        return keras.KerasTensor(inputs.shape, inputs.dtype)

import keras

from keras_distill import _tfmot
from keras_distill.compression.graph.prepared_layer import PreparedLayer
from keras_distill.compression.quantization.activation_range import is_calibrating


@keras.saving.register_keras_serializable(package="keras_distill")
class QuantizedInput(PreparedLayer, keras.layers.Layer):
    """Fake 8- or 16-bit quantization of what a model is fed.

    `keras_distill.compression.quantize_model` puts one behind every input. Its range is the
    smallest and largest value seen in training, as TF-MOT's `QuantizeLayer` does it, so
    train before you predict or export.

    Args:
        bits: 8; or 16, then symmetric around zero as TFLite's are. Defaults to 8.
        **kwargs: `name`, `dtype` and `trainable`, as for every layer.

    Returns:
        A tensor of the shape it is given.

    Example:

    ```python
    layer = kd.compression.QuantizedInput()
    layer(np.array([[0.0, 1.0]], "float32"), training=True)
    print(float(layer.range_max))  # 1.0
    ```
    """

    def __init__(self, bits=8, **kwargs):
        # Ranges are float32 under every policy, and so is TensorFlow's quantizer.
        super().__init__(**{**kwargs, "dtype": "float32"})
        self.bits = bits
        self.supports_masking = True
        self.supports_jit = False

    def build(self, input_shape):
        self.range_min = self.add_weight(
            name="min", shape=(), initializer="zeros", trainable=False, aggregation="mean"
        )
        self.range_max = self.add_weight(
            name="max", shape=(), initializer="zeros", trainable=False, aggregation="mean"
        )

    def call(self, inputs, training=None):
        symmetric = self.bits == 16
        quantizer = _tfmot.AllValuesQuantizer(
            num_bits=self.bits, per_axis=False, symmetric=symmetric, narrow_range=symmetric
        )
        ranges = {"min_var": self.range_min.value, "max_var": self.range_max.value}
        return quantizer(inputs, bool(training) or is_calibrating(), ranges)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {**super().get_config(), "bits": self.bits}

import keras

from keras_distill import _tfmot


@keras.saving.register_keras_serializable(package="keras_distill")
class QuantizedInput(keras.layers.Layer):
    """Fake 8-bit quantization of what a model is fed.

    `keras_distill.compression.quantize_model` puts one behind every input. Its range is the
    smallest and largest value seen in training, as TF-MOT's `QuantizeLayer` does it, so
    train before you predict or export.

    Args:
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

    def __init__(self, **kwargs):
        # Ranges are float32 under every policy, and so is TensorFlow's quantizer.
        super().__init__(**{**kwargs, "dtype": "float32"})
        self.supports_jit = False

    def build(self, input_shape):
        self.range_min = self.add_weight(
            name="min", shape=(), initializer="zeros", trainable=False, aggregation="mean"
        )
        self.range_max = self.add_weight(
            name="max", shape=(), initializer="zeros", trainable=False, aggregation="mean"
        )

    def call(self, inputs, training=None):
        quantizer = _tfmot.AllValuesQuantizer(
            num_bits=8, per_axis=False, symmetric=False, narrow_range=False
        )
        ranges = {"min_var": self.range_min.value, "max_var": self.range_max.value}
        return quantizer(inputs, bool(training), ranges)

    def compute_output_shape(self, input_shape):
        return input_shape

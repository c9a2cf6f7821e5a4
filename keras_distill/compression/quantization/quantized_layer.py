import keras

from keras_distill.compression.graph.layer_wrapper import LayerWrapper
from keras_distill.compression.graph.prepared_layer import PreparedLayer
from keras_distill.compression.graph.replaced_calls import replaced_calls
from keras_distill.compression.graph.substituted_weights import substituted_weights
from keras_distill.compression.quantization.activation_range import hold_to_range
from keras_distill.compression.quantization.integer_forms import (
    count_intermediates,
    integer_activation,
    integer_form,
)
from keras_distill.compression.quantization.matrix_product import flat_product, is_flattened
from keras_distill.compression.quantization.quantization_rules import activation_name, kernel_of
from keras_distill.compression.quantization.quantized_kernel import QuantizedKernel


@keras.saving.register_keras_serializable(package="keras_distill")
class QuantizedLayer(PreparedLayer, LayerWrapper):
    """A layer that computes with fake 8-bit weights and 8- or 16-bit activations.

    `keras_distill.compression.quantize_model` puts it around layers and decides where its
    quantizers stand; it keeps the wrapped layer's name. The wrapped layer's own code runs. The
    quantizers are TF-MOT's own: weights take the range of their last values, activations a
    moving average of what training showed, starting at [-6, 6]. As in TF-MOT, a regularizer of
    the kernel sees the float kernel, and one of the activity what leaves the quantizers.

    Args:
        layer: the layer to wrap.
        kernel: "per_tensor"; "per_channel", of the last axis; "per_output_channel", of the last
            two axes, as a depthwise kernel has them; None for a layer whose weights stay float.
        before_activation: whether values are quantized before the layer's activation.
        output: whether the layer's output is quantized.
        preserve_sparsity: whether weights that are zero when the layer is wrapped stay zero.
        preserve_clusters: shape of the centroids of a clustered kernel whose few values stay as
            many, `(clusters,)` or `(channels, clusters)`; None for any other kernel.
        standalone: whether the layer is a BatchNormalization that is folded into no other.
        activation_bits: 8; 16, then symmetric around zero as TFLite's are; or None for a layer
            with no range but its kernel's. Defaults to 8.
        **kwargs: `name`, `dtype` and `trainable`, as for every layer.

    Returns:
        What the wrapped layer returns, on at most 256 levels where `output` is set (65,535
        of 16 bits).

    Example:

    ```python
    layer = kd.compression.QuantizedLayer(keras.layers.Dense(4), "per_tensor", output=True)
    print(layer(np.ones((1, 8), "float32"), training=True).shape)  # (1, 4)
    ```

    Reference:
        - [Jacob et al., 2018](https://arxiv.org/abs/1712.05877)
    """

    def __init__(
        self,
        layer,
        kernel=None,
        before_activation=False,
        output=False,
        preserve_sparsity=False,
        preserve_clusters=None,
        standalone=False,
        activation_bits=8,
        **kwargs,
    ):
        # The layer's own policy, which need not be the one of the process.
        super().__init__(layer, **{"name": layer.name, "dtype": layer.dtype_policy, **kwargs})
        self.quantized_kernel = kernel
        self.before_activation = before_activation
        self.output_quantized = output
        self.preserve_sparsity = preserve_sparsity
        self.preserve_clusters = tuple(preserve_clusters) if preserve_clusters else None
        self.standalone = standalone
        self.activation_bits = activation_bits
        self.supports_masking = layer.supports_masking
        stock = type(layer).__module__.startswith("keras.")
        self._regularizes = stock and layer.activity_regularizer is not None
        if self._regularizes:
            # As TF-MOT's: of what leaves the quantizers, not of what the layer itself puts out.
            self.activity_regularizer = layer.activity_regularizer
        # TF-MOT's values to the bit are a promise of the plain kernels, not of XLA's.
        self.supports_jit = False

    def build(self, input_shape=None):
        super().build(input_shape)
        self._ranges = {}
        self.kernel_quantizer = None
        if self.quantized_kernel:
            self.kernel_quantizer = QuantizedKernel(
                self,
                self.layer,
                self.quantized_kernel,
                self.activation_bits is None,
                self.preserve_sparsity,
                self.preserve_clusters,
            )
        if self.before_activation:
            self.add_range("before_activation")
        for index in range(self._count_intermediates(input_shape) if self.activation_bits else 0):
            self.add_range(f"intermediate_{index}")
        if self.output_quantized:
            self.add_range("output")

    def add_range(self, name, shape=()):
        """Two variables, the ends of what is quantized under this name, at [-6, 6]."""
        self._ranges[name] = [
            self.add_weight(
                name=f"{name}_{end}",
                shape=shape,
                initializer=keras.initializers.Constant(value),
                dtype="float32",
                trainable=False,
                autocast=False,
                aggregation="mean",
            )
            for end, value in (("min", -6.0), ("max", 6.0))
        ]
        return self._ranges[name]

    def _count_intermediates(self, input_shape):
        if activation_name(self.layer) == "hard_sigmoid":
            return 1
        return count_intermediates(self.layer, input_shape, self.output_quantized, self.standalone)

    def call(self, inputs, training=None):
        training = bool(training)
        values, extra = [], {}
        if self.quantized_kernel:
            kernel, fake = kernel_of(self.layer), self.kernel_quantizer.fake(training)
            if len(fake.shape) == len(kernel.shape):
                values = [(kernel, fake)]
            else:
                extra = {"kernel": fake}
        with substituted_weights(self.layer, values, not self._regularizes):
            outputs = self._run(inputs, training, **extra)
        if self._is_flattened(inputs):
            return outputs
        return self._activation_range("output", outputs, training)

    def _is_flattened(self, inputs):
        return bool(self.quantized_kernel) and is_flattened(self.layer, len(inputs.shape))

    def _apply(self, inputs, training, **extra):
        if self._is_flattened(inputs):
            # On the flat product: two ranges around a reshape make the converter fail.
            return flat_product(self.layer, inputs, self._ranger("output", training))
        form = integer_form(self.layer, self.standalone)
        if form is None:
            return self.layer(inputs)
        if self.standalone:
            extra["training"] = training
        return form(self.layer, inputs, self._ranger(None, training), **extra)

    def _ranger(self, name, training):
        """The function of values, or of a range's name and values, that holds them to it."""
        if name is None:
            return lambda name, values: self._activation_range(name, values, training)
        return lambda values: self._activation_range(name, values, training)

    def _activation_range(self, name, values, training):
        if name not in self._ranges:
            return values
        return hold_to_range(values, *self._ranges[name], self.activation_bits, training)

    def _run(self, inputs, training, **extra):
        if isinstance(self.layer, keras.layers.Softmax):
            return self.layer(self._activation_range("before_activation", inputs, training))
        name = activation_name(self.layer)
        form = None
        if self.activation_bits:
            form = integer_activation(name, self._ranger(None, training))
        if form is None and not self.before_activation:
            return self._apply(inputs, training, **extra)

        def quantized_activation(activation, values):
            values = self._activation_range("before_activation", values, training)
            return (form or activation)(values)

        with replaced_calls({self.layer: quantized_activation}, "activation"):
            return self._apply(inputs, training, **extra)

    def compute_mask(self, inputs, previous_mask):
        return self.layer.compute_mask(inputs, previous_mask)

    def compute_output_shape(self, input_shape):
        return self.layer.compute_output_shape(input_shape)

    def get_config(self):
        config = super().get_config()
        config.pop("activity_regularizer", None)  # The layer's, in its own configuration.
        return {
            **config,
            "kernel": self.quantized_kernel,
            "before_activation": self.before_activation,
            "output": self.output_quantized,
            "preserve_sparsity": self.preserve_sparsity,
            "preserve_clusters": self.preserve_clusters,
            "standalone": self.standalone,
            "activation_bits": self.activation_bits,
        }

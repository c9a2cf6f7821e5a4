import keras
from keras import ops

from keras_distill import _tfmot
from keras_distill.compression.matrix_product import flat_product, is_flattened
from keras_distill.compression.quantization_plan import activation_name, kernel_of


def _hard_swish(inputs):
    # Written as the converter knows it: Keras's form of hard_silu (x / 6 + 0.5, clipped) becomes
    # four operators without ranges instead of one HARD_SWISH.
    return inputs * ops.relu6(inputs + 3.0) * (1.0 / 6.0)


@keras.saving.register_keras_serializable(package="keras_distill")
class QuantizedLayer(keras.layers.Wrapper):
    """A layer that computes with fake 8-bit weights and activations.

    `keras_distill.compression.quantize_model` puts it around layers and decides where its
    quantizers stand; it keeps the wrapped layer's name. The wrapped layer's own code runs. The
    quantizers are TF-MOT's own: weights take the range of their last values, activations a
    moving average of what training showed, starting at [-6, 6].

    Args:
        layer: the layer to wrap.
        kernel: "per_channel", "per_tensor", or None for a layer whose weights stay float.
        before_activation: whether values are quantized before the layer's activation.
        output: whether the layer's output is quantized.
        preserve_sparsity: whether weights that are zero when the layer is wrapped stay zero.
        **kwargs: `name`, `dtype` and `trainable`, as for every layer.

    Returns:
        What the wrapped layer returns, on at most 256 levels where `output` is set.

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
        **kwargs,
    ):
        super().__init__(layer, **{"name": layer.name, **kwargs})
        self.quantized_kernel = kernel
        self.before_activation = before_activation
        self.output_quantized = output
        self.preserve_sparsity = preserve_sparsity
        # TF-MOT's values to the bit are a promise of the plain kernels, not of XLA's.
        self.supports_jit = False

    def build(self, input_shape=None):
        super().build(input_shape)
        self._ranges = {}
        if self.quantized_kernel:
            kernel = kernel_of(self.layer)
            channels = kernel.shape[-1:] if self.quantized_kernel == "per_channel" else ()
            self._add_range("kernel", channels)
            if self.preserve_sparsity:
                self.sparsity_mask = self.add_weight(
                    name="sparsity_mask",
                    shape=kernel.shape,
                    initializer="ones",
                    trainable=False,
                    autocast=False,
                )
        if self.before_activation:
            self._add_range("before_activation")
        for index in range(self._count_intermediates(input_shape)):
            self._add_range(f"intermediate_{index}")
        if self.output_quantized:
            self._add_range("output")

    def _add_range(self, name, shape=()):
        self._ranges[name] = [
            self.add_weight(
                name=f"{name}_{end}",
                shape=shape,
                initializer=keras.initializers.Constant(value),
                trainable=False,
                autocast=False,
            )
            for end, value in (("min", -6.0), ("max", 6.0))
        ]

    def _count_intermediates(self, input_shape):
        if not self.output_quantized and not self._is_merge():
            return 0
        if isinstance(self.layer, keras.layers.Rescaling):
            return 1
        return max(len(input_shape) - 2, 0) if self._is_merge() else 0

    def _is_merge(self):
        return isinstance(self.layer, keras.layers.Add | keras.layers.Multiply)

    def call(self, inputs, training=None):
        training = bool(training)
        if self.quantized_kernel:
            kernel = kernel_of(self.layer)
            with keras.StatelessScope(state_mapping=[(kernel, self.fake_kernel(training))]):
                outputs = self._run(inputs, training)
        else:
            outputs = self._run(inputs, training)
        if self._is_flattened(inputs):
            return outputs
        return self._activation_range("output", outputs, training)

    def _is_flattened(self, inputs):
        return bool(self.quantized_kernel) and is_flattened(self.layer, len(inputs.shape))

    def _apply(self, inputs, training):
        if not self._is_flattened(inputs):
            return self.layer(inputs)
        # On the flat product: two ranges around a reshape make the converter fail.
        return flat_product(
            self.layer, inputs, lambda values: self._activation_range("output", values, training)
        )

    def fake_kernel(self, training=False):
        """The kernel as the int8 file will hold it, times its scale."""
        kernel = kernel_of(self.layer).value
        if self.preserve_sparsity:
            # The mask also stops the gradient, so masked weights never leave zero.
            kernel = kernel * self.sparsity_mask
        if self.quantized_kernel == "per_channel":
            quantizer = _tfmot.Default8BitConvWeightsQuantizer()
        else:
            quantizer = _tfmot.LastValueQuantizer(
                num_bits=8, per_axis=False, symmetric=True, narrow_range=True
            )
        return self._quantize("kernel", quantizer, kernel, training)

    def kernel_range(self):
        """The smallest and largest kernel value that the int8 codes -127 and 127 stand for."""
        return tuple(ops.convert_to_numpy(end) for end in self._ranges["kernel"])

    def keep_zeros(self):
        """Remember which weights of the kernel are zero now."""
        self.sparsity_mask.assign(ops.cast(ops.not_equal(kernel_of(self.layer), 0), "float32"))

    def _activation_range(self, name, values, training):
        if name not in self._ranges:
            return values
        quantizer = _tfmot.MovingAverageQuantizer(
            num_bits=8, per_axis=False, symmetric=False, narrow_range=False
        )
        return self._quantize(name, quantizer, values, training)

    def _quantize(self, name, quantizer, values, training):
        low, high = self._ranges[name]
        return quantizer(values, training, {"min_var": low.value, "max_var": high.value})

    def _run(self, inputs, training):
        if isinstance(self.layer, keras.layers.Rescaling):
            scaled = ops.cast(inputs, self.compute_dtype) * self.layer.scale
            return self._activation_range("intermediate_0", scaled, training) + self.layer.offset
        if self._is_merge():
            total = inputs[0]
            for index, term in enumerate(inputs[1:]):
                if index:
                    total = self._activation_range(f"intermediate_{index - 1}", total, training)
                total = self.layer([total, term])
            return total
        name = activation_name(self.layer)
        if name != "hard_silu" and not self.before_activation:
            return self._apply(inputs, training)
        return self._run_with_activation(inputs, training, name)

    def _run_with_activation(self, inputs, training, name):
        if isinstance(self.layer, keras.layers.Softmax):
            return self.layer(self._activation_range("before_activation", inputs, training))
        activation = self.layer.activation

        def quantized_activation(values):
            values = self._activation_range("before_activation", values, training)
            return _hard_swish(values) if name == "hard_silu" else activation(values)

        self.layer.activation = quantized_activation
        try:
            return self._apply(inputs, training)
        finally:
            self.layer.activation = activation

    def compute_output_shape(self, input_shape):
        return self.layer.compute_output_shape(input_shape)

    def get_config(self):
        return {
            **super().get_config(),
            "kernel": self.quantized_kernel,
            "before_activation": self.before_activation,
            "output": self.output_quantized,
            "preserve_sparsity": self.preserve_sparsity,
        }

import math

import keras
from keras import ops

from keras_distill import _tfmot
from keras_distill.compression.graph.layer_wrapper import LayerWrapper
from keras_distill.compression.graph.prepared_layer import PreparedLayer
from keras_distill.compression.graph.replaced_calls import replaced_calls
from keras_distill.compression.graph.substituted_weights import substituted_weights
from keras_distill.compression.quantization.activation_range import (
    hold_to_range,
    is_calibrating,
)
from keras_distill.compression.quantization.integer_forms import (
    count_intermediates,
    integer_activation,
    integer_form,
)
from keras_distill.compression.quantization.matrix_product import flat_product, is_flattened
from keras_distill.compression.quantization.preserved_clusters import PreservedClusters
from keras_distill.compression.quantization.quantization_rules import activation_name, kernel_of


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
        if self.quantized_kernel:
            kernel = kernel_of(self.layer)
            last = {"per_tensor": 0, "per_channel": 1, "per_output_channel": 2}
            channels = tuple(kernel.shape)[len(kernel.shape) - last[self.quantized_kernel] :]
            self._add_range("kernel", (math.prod(channels),) if channels else ())
            if self.preserve_sparsity:
                self.sparsity_mask = self.add_weight(
                    name="sparsity_mask",
                    shape=kernel.shape,
                    initializer="ones",
                    trainable=False,
                    autocast=False,
                )
            if self.preserve_clusters:
                self._clusters = PreservedClusters(self, kernel, self.preserve_clusters)
        if self.before_activation:
            self._add_range("before_activation")
        for index in range(self._count_intermediates(input_shape) if self.activation_bits else 0):
            self._add_range(f"intermediate_{index}")
        if self.output_quantized:
            self._add_range("output")

    def _add_range(self, name, shape=()):
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

    def _count_intermediates(self, input_shape):
        if activation_name(self.layer) == "hard_sigmoid":
            return 1
        return count_intermediates(self.layer, input_shape, self.output_quantized, self.standalone)

    def call(self, inputs, training=None):
        training = bool(training)
        values, extra = [], {}
        if self.quantized_kernel:
            kernel, fake = kernel_of(self.layer), self.fake_kernel(training)
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

    def fake_kernel(self, training=False):
        """The kernel as the int8 file will hold it, times its scale.

        That of a layer of one spatial axis has two: an axis of one in front.
        """
        kernel = kernel_of(self.layer).value
        if self.preserve_sparsity:
            # The mask also stops the gradient, so masked weights never leave zero.
            kernel = kernel * self.sparsity_mask
        if self.preserve_clusters:
            kernel = self._clusters.values(kernel, training)
        if self.quantized_kernel != "per_tensor":
            quantizer = _tfmot.Default8BitConvWeightsQuantizer()
        else:
            quantizer = _tfmot.LastValueQuantizer(
                num_bits=8, per_axis=False, symmetric=True, narrow_range=True
            )
        if isinstance(self.layer, keras.layers.Conv1D | keras.layers.DepthwiseConv1D):
            # As of two spatial axes: TF-MOT's quantizer per channel, and the converter between
            # it and the convolution, know no others.
            kernel = ops.expand_dims(kernel, 0)
        if self.quantized_kernel == "per_output_channel":
            flat = ops.reshape(kernel, (*kernel.shape[:2], 1, -1))
            flat = self._quantize_kernel(quantizer, flat, training)
            return ops.reshape(flat, kernel.shape)
        return self._quantize_kernel(quantizer, kernel, training)

    def kernel_range(self):
        """The smallest and largest kernel value that the int8 codes -127 and 127 stand for."""
        if self.activation_bits is None:
            fake = ops.abs(self.fake_kernel())
            kept = ("per_tensor", "per_channel", "per_output_channel").index(self.quantized_kernel)
            high = ops.max(fake, axis=tuple(range(len(fake.shape) - kept)))
            return ops.convert_to_numpy(-high), ops.convert_to_numpy(high)
        return tuple(ops.convert_to_numpy(end) for end in self._ranges["kernel"])

    def keep_zeros(self):
        """Remember which weights of the kernel are zero now."""
        self.sparsity_mask.assign(ops.cast(ops.not_equal(kernel_of(self.layer), 0), "float32"))

    def keep_clusters(self):
        """Remember which values the kernel has now; call `keep_zeros` first."""
        self._clusters.start(self.preserve_sparsity)

    def _activation_range(self, name, values, training):
        if name not in self._ranges:
            return values
        return hold_to_range(values, *self._ranges[name], self.activation_bits, training)

    def _quantize_kernel(self, quantizer, values, training):
        low, high = (end.value for end in self._ranges["kernel"])
        exact = ops.cast(values, "float32")
        if self.activation_bits is None and not training:
            # The range is not that of the last step: TFLite will take it from the kernel itself.
            axes = tuple(range(len(exact.shape) - len(low.shape)))
            high = ops.stop_gradient(ops.max(ops.abs(exact), axis=axes))
            low = -high
        moves = training or is_calibrating()
        exact = quantizer(exact, moves, {"min_var": low, "max_var": high})
        return ops.cast(exact, values.dtype)

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

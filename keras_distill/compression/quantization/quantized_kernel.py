import math

import keras
from keras import ops

from keras_distill import _tfmot
from keras_distill.compression.quantization.activation_range import is_calibrating
from keras_distill.compression.quantization.preserved_clusters import PreservedClusters
from keras_distill.compression.quantization.quantization_rules import kernel_of

# How many of the last axes have a range for each of their slices.
_KEPT_AXES = {"per_tensor": 0, "per_channel": 1, "per_output_channel": 2}


class QuantizedKernel:
    """The kernel of a layer as its int8 file will hold it, by TF-MOT's own quantizer.

    Holds what belongs to the kernel: its range, which weights stay zero, which few values stay
    as many. The variables are the owner's, so they are saved with it.

    Args:
        owner: the layer that gets the variables.
        layer: the built layer whose kernel it is.
        kind: "per_tensor", "per_channel" or "per_output_channel".
        follows_kernel: whether at inference the range is that of the kernel now, as TFLite will
            take it, not that of the last training step.
        preserve_sparsity: whether weights that are zero stay zero.
        preserve_clusters: shape of the centroids of a clustered kernel, or None.
    """

    def __init__(self, owner, layer, kind, follows_kernel, preserve_sparsity, preserve_clusters):
        self.layer = layer
        self.kind = kind
        self.follows_kernel = follows_kernel
        kernel = kernel_of(layer)
        channels = tuple(kernel.shape)[len(kernel.shape) - _KEPT_AXES[kind] :]
        self.low, self.high = owner.add_range("kernel", (math.prod(channels),) if channels else ())
        self.sparsity_mask = self.clusters = None
        if preserve_sparsity:
            self.sparsity_mask = owner.add_weight(
                name="sparsity_mask",
                shape=kernel.shape,
                initializer="ones",
                trainable=False,
                autocast=False,
            )
        if preserve_clusters:
            self.clusters = PreservedClusters(owner, kernel, preserve_clusters)

    def fake(self, training=False):
        """The kernel's integers, times their scale.

        That of a layer of one spatial axis has two: an axis of one in front.
        """
        kernel = kernel_of(self.layer).value
        if self.sparsity_mask is not None:
            # The mask also stops the gradient, so masked weights never leave zero.
            kernel = kernel * self.sparsity_mask
        if self.clusters is not None:
            kernel = self.clusters.values(kernel, training)
        if self.kind != "per_tensor":
            quantizer = _tfmot.Default8BitConvWeightsQuantizer()
        else:
            quantizer = _tfmot.LastValueQuantizer(
                num_bits=8, per_axis=False, symmetric=True, narrow_range=True
            )
        if isinstance(self.layer, keras.layers.Conv1D | keras.layers.DepthwiseConv1D):
            # As of two spatial axes: TF-MOT's quantizer per channel, and the converter between
            # it and the convolution, know no others.
            kernel = ops.expand_dims(kernel, 0)
        if self.kind == "per_output_channel":
            flat = ops.reshape(kernel, (*kernel.shape[:2], 1, -1))
            return ops.reshape(self._quantize(quantizer, flat, training), kernel.shape)
        return self._quantize(quantizer, kernel, training)

    def range(self):
        """The smallest and largest kernel value that the int8 codes -127 and 127 stand for."""
        if self.follows_kernel:
            fake = ops.abs(self.fake())
            axes = tuple(range(len(fake.shape) - _KEPT_AXES[self.kind]))
            high = ops.max(fake, axis=axes)
            return ops.convert_to_numpy(-high), ops.convert_to_numpy(high)
        return ops.convert_to_numpy(self.low), ops.convert_to_numpy(self.high)

    def keep_zeros(self):
        """Remember which weights of the kernel are zero now."""
        nonzero = ops.not_equal(kernel_of(self.layer), 0)
        self.sparsity_mask.assign(ops.cast(nonzero, "float32"))

    def keep_clusters(self):
        """Remember which values the kernel has now; call `keep_zeros` first."""
        self.clusters.start(self.sparsity_mask is not None)

    def _quantize(self, quantizer, values, training):
        low, high = self.low.value, self.high.value
        # TensorFlow's quantizers and TF-MOT's ranges are float32 under every policy.
        exact = ops.cast(values, "float32")
        if self.follows_kernel and not training:
            axes = tuple(range(len(exact.shape) - len(low.shape)))
            high = ops.stop_gradient(ops.max(ops.abs(exact), axis=axes))
            low = -high
        moves = training or is_calibrating()
        exact = quantizer(exact, moves, {"min_var": low, "max_var": high})
        return ops.cast(exact, values.dtype)

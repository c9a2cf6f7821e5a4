"""What the 8-bit scheme does with each kind of stock layer, wherever it stands."""

import math

import keras

from keras_distill.compression.graph.product_axes import product_axes
from keras_distill.compression.quantization.dilated_convolution import has_gaps

KERNELS = {
    keras.layers.Conv1D: "per_channel",
    keras.layers.Conv2D: "per_channel",
    keras.layers.Conv2DTranspose: "per_tensor",
    keras.layers.Dense: "per_tensor",
    keras.layers.DepthwiseConv1D: "per_channel",
    keras.layers.DepthwiseConv2D: "per_channel",
    keras.layers.EinsumDense: "per_tensor",
    keras.layers.Embedding: "per_tensor",
}
# Where the scales of TFLite's dynamic-range quantization are others than of its int8.
DYNAMIC_RANGE_KERNELS = {
    keras.layers.Dense: "per_channel",
    keras.layers.DepthwiseConv1D: "per_output_channel",
    keras.layers.DepthwiseConv2D: "per_output_channel",
}
# Those into which int8 conversion folds a BatchNormalization that follows them alone.
FOLDING = (
    keras.layers.Conv1D,
    keras.layers.Conv2D,
    keras.layers.DepthwiseConv1D,
    keras.layers.DepthwiseConv2D,
)
# TF-MOT's registry: before a Concatenate these keep their values for one common range.
OUTPUTS_OF_TFMOT = (
    keras.layers.Activation,
    keras.layers.Add,
    keras.layers.AveragePooling1D,
    keras.layers.AveragePooling2D,
    keras.layers.Concatenate,
    keras.layers.GlobalAveragePooling1D,
    keras.layers.GlobalAveragePooling2D,
    keras.layers.LeakyReLU,
    keras.layers.ReLU,
    keras.layers.Softmax,
    keras.layers.UpSampling2D,
)
QUANTIZED_OUTPUT = (
    *OUTPUTS_OF_TFMOT,
    keras.layers.Maximum,
    keras.layers.Minimum,
    keras.layers.Multiply,
    keras.layers.Normalization,
    keras.layers.PReLU,
    keras.layers.Rescaling,
    keras.layers.Subtract,
)
_MOVES_VALUES = (
    keras.layers.ActivityRegularization,
    keras.layers.Cropping1D,
    keras.layers.Cropping2D,
    keras.layers.Dropout,
    keras.layers.Flatten,
    keras.layers.GaussianDropout,
    keras.layers.GaussianNoise,
    keras.layers.GlobalMaxPooling1D,
    keras.layers.GlobalMaxPooling2D,
    keras.layers.Identity,
    keras.layers.MaxPooling1D,
    keras.layers.MaxPooling2D,
    keras.layers.Permute,
    keras.layers.RepeatVector,
    keras.layers.Reshape,
    keras.layers.SpatialDropout1D,
    keras.layers.SpatialDropout2D,
    keras.layers.UpSampling1D,
    keras.layers.ZeroPadding1D,
    keras.layers.ZeroPadding2D,
)
# One tensor in, one out; float inside, but what an int8 layer is fed must have a range.
FLOAT_ISLANDS = (
    keras.layers.ELU,
    keras.layers.GroupNormalization,
    keras.layers.LayerNormalization,
    keras.layers.RMSNormalization,
    keras.layers.UnitNormalization,
)
FUSED_ACTIVATIONS = ("relu", "relu6")
# TFLite's int8 kernels of these fix the range of their output themselves.
FIXED_RANGE_ACTIVATIONS = ("sigmoid", "softmax", "tanh")
BOTH_SIDES_ACTIVATIONS = (
    "exponential",
    "gelu",
    "hard_sigmoid",
    "hard_silu",
    "hard_tanh",
    "leaky_relu",
    "silu",
)


def activation_name(layer):
    """The name of a layer's activation function, "linear" where it has none."""
    if isinstance(layer, keras.layers.Softmax):
        return "softmax"
    activation = getattr(layer, "activation", None)
    return "linear" if activation is None else getattr(activation, "__name__", str(activation))


def kernel_of(layer):
    """The variable of a stock layer that is quantized, or None."""
    if type(layer) is keras.layers.Embedding:
        return layer.embeddings
    return layer.kernel if type(layer) in KERNELS else None


def moves_values(layer):
    """Whether the layer only moves values, so that its output has its input's range."""
    return type(layer) in _MOVES_VALUES


def reason_to_skip(layer):
    """Why a layer stays float wherever it stands, or None where it can be quantized."""
    kind = type(layer)
    if kind is keras.layers.BatchNormalization:
        return None
    if kind in (keras.layers.SeparableConv1D, keras.layers.SeparableConv2D):
        # `split_separable` has taken all others out of the graph by now.
        return (
            "it is split into two convolutions and quantized only where it is annotated, and not "
            "inside a composite layer"
        )
    if kind not in KERNELS and kind not in QUANTIZED_OUTPUT and kind not in _MOVES_VALUES:
        return f"the 8-bit scheme has no rule for {kind.__name__}"
    if kind is keras.layers.EinsumDense and product_axes(layer) is None:
        return f"its equation {layer.equation} is no matrix product of input and kernel"
    if getattr(layer, "data_format", None) == "channels_first" and kind in KERNELS:
        return "int8 kernels take channels last, and its data_format is channels_first"
    gaps = getattr(layer, "dilation_rate", ())
    if kind in KERNELS and math.prod(gaps) > 1 and not has_gaps(layer):
        return (
            f"its dilation_rate is {gaps}, and the int8 converter knows gaps only in convolutions "
            "that are neither transposed nor in groups"
        )
    return None


def reason_of_activation(layer):
    """Why the activation of a quantized layer stays float, or None where it is quantized."""
    name = activation_name(layer)
    good = ("linear", *FUSED_ACTIVATIONS, *FIXED_RANGE_ACTIVATIONS, *BOTH_SIDES_ACTIVATIONS)
    return None if name in good else f"the 8-bit scheme has no rule for the activation {name}"

"""Which weights of a Keras 3 layer are pruned: those that TF-MOT's registry prunes in Keras 2."""

import keras

_KERNELS = {
    keras.layers.Conv1D: "kernel",
    keras.layers.Conv2D: "kernel",
    keras.layers.Conv2DTranspose: "kernel",
    keras.layers.Conv3D: "kernel",
    keras.layers.Conv3DTranspose: "kernel",
    keras.layers.Dense: "kernel",
    # TF-MOT prunes it inside MultiHeadAttention only, by attribute.
    keras.layers.EinsumDense: "kernel",
    keras.layers.Embedding: "embeddings",
    keras.layers.SeparableConv1D: "pointwise_kernel",
    keras.layers.SeparableConv2D: "pointwise_kernel",
}
_RECURRENT = (keras.layers.GRU, keras.layers.LSTM, keras.layers.RNN, keras.layers.SimpleRNN)
_CELLS = (keras.layers.GRUCell, keras.layers.LSTMCell, keras.layers.SimpleRNNCell)
PRUNABLE_TYPES = (*_KERNELS, *_RECURRENT)
# Layers that TF-MOT knows and finds nothing to prune in.
_WITHOUT_KERNELS = {
    getattr(keras.layers, name)
    for name in """
    Activation ActivityRegularization Add AlphaDropout Average AveragePooling1D AveragePooling2D
    AveragePooling3D BatchNormalization Concatenate Cropping1D Cropping2D Cropping3D
    DepthwiseConv2D Dot Dropout ELU Flatten GaussianDropout GaussianNoise GlobalAveragePooling1D
    GlobalAveragePooling2D GlobalAveragePooling3D GlobalMaxPooling1D GlobalMaxPooling2D
    GlobalMaxPooling3D InputLayer Lambda LayerNormalization LeakyReLU Masking MaxPooling1D
    MaxPooling2D MaxPooling3D Maximum Minimum Multiply Permute ReLU RepeatVector Rescaling Reshape
    Softmax SpatialDropout1D SpatialDropout2D SpatialDropout3D Subtract UpSampling1D UpSampling2D
    UpSampling3D ZeroPadding1D ZeroPadding2D ZeroPadding3D
    """.split()
}


def is_prunable(layer):
    """Whether the layer has weights to prune; it need not be built."""
    if _declares(layer):
        return True
    if type(layer) in _RECURRENT:
        return all(type(cell) in _CELLS or _declares(cell) for cell in _cells(layer))
    return type(layer) in _KERNELS


def has_no_kernel(layer):
    """Whether TF-MOT knows the layer as one with nothing to prune."""
    return type(layer) in _WITHOUT_KERNELS


def prunable_weights(layer):
    """The variables of a built layer that are pruned, in TF-MOT's order.

    Args:
        layer: a built layer. One with a method `get_prunable_weights()`, TF-MOT's protocol for
            custom layers, says itself which.

    Returns:
        A list of `keras.Variable`; empty for a layer with nothing to prune.

    Raises:
        ValueError: where `get_prunable_weights()` returns something else than variables.
    """
    if _declares(layer):
        weights = list(layer.get_prunable_weights())
        for weight in weights:
            if not isinstance(weight, keras.Variable):
                raise ValueError(
                    "`get_prunable_weights()` must return a list of the layer's own variables. "
                    f"Received: {weight!r} from layer {layer.name!r}. Return what `add_weight` "
                    "returned, for example `[self.kernel]`."
                )
        return weights
    if not is_prunable(layer):
        return []
    if type(layer) in _RECURRENT:
        return [
            weight
            for cell in _cells(layer)
            for weight in (
                cell.get_prunable_weights()
                if _declares(cell)
                else (cell.kernel, cell.recurrent_kernel)
            )
        ]
    return [getattr(layer, _KERNELS[type(layer)])]


def why_not(layer):
    """The reason why a layer with weights of its own is not pruned, or None."""
    if type(layer) is keras.layers.DepthwiseConv2D:
        return "TF-MOT prunes no depthwise kernels"
    if any(len(weight.shape) > 1 for weight in layer.trainable_weights):
        return f"TF-MOT has no kernel to prune in {type(layer).__name__}"
    return None


def _declares(layer):
    return hasattr(layer, "get_prunable_weights")


def _cells(layer):
    cell = layer.cell
    return cell.cells if isinstance(cell, keras.layers.StackedRNNCells) else [cell]

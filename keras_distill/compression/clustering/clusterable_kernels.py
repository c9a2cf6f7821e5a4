"""Which kernels of which layers TF-MOT clusters."""

import math

import keras

from keras_distill.compression.graph.inner_layers import is_composite, outermost_paths

_KERNELS = {
    keras.layers.Conv1D: "kernel",
    keras.layers.Conv1DTranspose: "kernel",
    keras.layers.Conv2D: "kernel",
    keras.layers.Conv2DTranspose: "kernel",
    keras.layers.Conv3D: "kernel",
    keras.layers.Conv3DTranspose: "kernel",
    keras.layers.Dense: "kernel",
    # TF-MOT clusters it inside MultiHeadAttention only, by attribute.
    keras.layers.EinsumDense: "kernel",
    keras.layers.Embedding: "embeddings",
    keras.layers.SeparableConv1D: "pointwise_kernel",
    keras.layers.SeparableConv2D: "pointwise_kernel",
}
_RECURRENT = (
    keras.layers.GRU,
    keras.layers.LSTM,
    keras.layers.SimpleRNN,
    keras.layers.RNN,
    keras.layers.Bidirectional,
)
_CELLS = (keras.layers.GRUCell, keras.layers.LSTMCell, keras.layers.SimpleRNNCell)
_DEPTHWISE = keras.layers.DepthwiseConv2D
# TF-MOT's `isinstance(layer, Conv2D)`: in Keras 2 the transposed layer was a subclass of it.
_PER_CHANNEL = (keras.layers.Conv2D, keras.layers.Conv2DTranspose)
CLUSTERABLE_NAMES = ", ".join(kind.__name__ for kind in (*_KERNELS, *_RECURRENT))


def is_clusterable(layer):
    """Whether TF-MOT clusters kernels of this layer."""
    if type(layer) in _RECURRENT:
        return all(type(cell) in _CELLS for _, cell in _cells(layer))
    return type(layer) in _KERNELS


def clusters_per_channel(layer):
    """Whether the layer's kernel can have centroids of its own for each channel."""
    return type(layer) in _PER_CHANNEL


def clusterable_kernels(layer):
    """{name: variable} of the kernels of a built layer that TF-MOT clusters."""
    if type(layer) not in _RECURRENT:
        name = _KERNELS[type(layer)]
        return {name: getattr(layer, name)}
    kernels = {}
    for prefix, cell in _cells(layer):
        kernels[f"{prefix}kernel"] = cell.kernel
        kernels[f"{prefix}recurrent_kernel"] = cell.recurrent_kernel
    return kernels


def why_not_clustered(layer):
    """Why a layer of a clustered model is not clustered, or None where it has no kernels."""
    if is_clusterable(layer):
        sizes = [math.prod(kernel.shape) for kernel in clusterable_kernels(layer).values()]
        return f"a kernel of {min(sizes)} weights was not chosen, or needs no clusters"
    if type(layer) is _DEPTHWISE:
        return "TF-MOT clusters no depthwise kernels: they lose too much"
    if is_composite(layer) and outermost_paths(layer, is_clusterable):
        return "the kernels inside it were not chosen, or need no clusters"
    if any(len(weight.shape) > 1 for weight in layer.trainable_weights):
        return f"TF-MOT has no kernel to cluster in {type(layer).__name__}"
    return None


def is_left_as_it_is(layer):
    """Whether TF-MOT takes the layer and clusters nothing in it."""
    return type(layer) is _DEPTHWISE or why_not_clustered(layer) is None


def _cells(layer):
    if isinstance(layer, keras.layers.Bidirectional):
        sides = (("forward_", layer.forward_layer), ("backward_", layer.backward_layer))
        for side, inner in sides:
            for prefix, cell in _cells(inner):
                yield f"{side}{prefix}", cell
    elif isinstance(layer.cell, keras.layers.StackedRNNCells):
        for index, cell in enumerate(layer.cell.cells):
            yield f"cell_{index}_", cell
    else:
        yield "", layer.cell

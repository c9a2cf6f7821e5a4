import gzip

import keras
import numpy as np

from keras_distill.compression.compression_summary import CompressionSummary
from keras_distill.compression.prerequisites import (
    check_model,
    is_graph,
    layers_with_paths,
    prepared_layers,
)
from keras_distill.compression.pruned_layer import PRUNABLE_KERNELS, PrunedLayer, prunable_kernel
from keras_distill.compression.quantization_plan import kernel_of, moves_values, reason_to_skip
from keras_distill.compression.quantized_input import QuantizedInput
from keras_distill.compression.quantized_layer import QuantizedLayer

_NO_FOLDING = "no convolution of its own directly before it to be folded into"


def summary(model):
    """What compression did to each layer of a model, and what it left alone and why.

    Args:
        model: a built Functional or Sequential `keras.Model`, prepared or not.

    Returns:
        A `keras_distill.compression.CompressionSummary`: prints as a table, and maps each
        layer's path to its facts.

    Raises:
        ValueError: for a model that is not a built Functional or Sequential Keras 3 model.

    Example:

    ```python
    model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(4)])
    print(kd.compression.summary(kd.compression.prune_low_magnitude(model)))
    ```
    """
    check_model("summary", model)
    kinds = {type(layer) for _, layer in prepared_layers(model)}
    layers = {path: _facts(layer, kinds) for path, layer in layers_with_paths(model)}
    return CompressionSummary(model.name, layers, _bare_operations(model))


def _facts(layer, kinds):
    done, skipped = _done(layer, kinds)
    inner = layer.layer if isinstance(layer, PrunedLayer | QuantizedLayer) else layer
    variable, values, bits = _kernel(layer)
    rest = [np.asarray(weight) for weight in inner.weights if weight is not variable]
    contents = b"".join(array.tobytes() for array in ([] if bits is None else [values]) + rest)
    return {
        "type": type(inner).__name__,
        "done": done,
        "skipped": skipped,
        "sparsity": None if bits is None else float(np.mean(values == 0)),
        "distinct": None if bits is None else len(np.unique(values)),
        "bits": bits,
        "bytes": len(contents),
        "gzip_bytes": len(gzip.compress(contents, 9, mtime=0)) if contents else 0,
    }


def _kernel(layer):
    """The kernel's variable, its values as they are deployed, and their bits."""
    if isinstance(layer, QuantizedLayer) and layer.quantized_kernel:
        kernel = kernel_of(layer.layer)
        return kernel, _int8(np.asarray(layer.fake_kernel()), layer), 8
    if isinstance(layer, PrunedLayer):
        return layer.kernel, np.asarray(layer.kernel) * np.asarray(layer.mask), 32
    inner = layer.layer if isinstance(layer, QuantizedLayer) else layer
    if type(inner) in PRUNABLE_KERNELS:
        kernel = prunable_kernel(inner)
    else:
        kernel = kernel_of(inner)
    if kernel is None:
        return None, None, None
    values = np.asarray(kernel)
    return kernel, values, values.dtype.itemsize * 8


def _int8(fake, layer):
    low, high = layer.kernel_range()
    scale = np.where(high > low, high - low, 1.0) / 254.0
    return np.round(fake / scale).astype("int8")


def _done(layer, kinds):
    if isinstance(layer, PrunedLayer):
        return "pruned", None
    if isinstance(layer, QuantizedInput):
        return "input int8", None
    if isinstance(layer, QuantizedLayer):
        return _quantizers(layer), None
    if QuantizedLayer in kinds:
        if moves_values(layer):
            return "moves values", None
        return "", reason_to_skip(layer) or _NO_FOLDING
    if PrunedLayer in kinds:
        if type(layer) is keras.layers.DepthwiseConv2D:
            return "", "TF-MOT prunes no depthwise kernels"
        if any(len(weight.shape) > 1 for weight in layer.trainable_weights):
            return "", f"TF-MOT has no kernel to prune in {type(layer).__name__}"
    return "", None


def _quantizers(layer):
    if layer.quantized_kernel:
        kept = ", zeros kept" if layer.preserve_sparsity else ""
        return "kernel and output int8" + kept if layer.output_quantized else "kernel int8" + kept
    if layer.output_quantized:
        return "output int8"
    return "input int8" if layer.before_activation else "fused"


def _bare_operations(model):
    names = []
    for operation in getattr(model, "operations", []):
        if isinstance(operation, keras.Model) and is_graph(operation):
            names.extend(_bare_operations(operation))
        elif not isinstance(operation, keras.Layer):
            names.append(operation.name)
    return names

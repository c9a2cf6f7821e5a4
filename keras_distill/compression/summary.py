import gzip

import keras
import numpy as np

from keras_distill.compression.clustering.clusterable_kernels import why_not_clustered
from keras_distill.compression.clustering.clustered_layer import ClusteredLayer
from keras_distill.compression.compression_summary import CompressionSummary
from keras_distill.compression.graph.composite_wrapper import CompositeWrapper
from keras_distill.compression.graph.inner_layers import inner_layers, is_composite, named_paths
from keras_distill.compression.graph.opened_layers import opened_layers, weights_inside
from keras_distill.compression.graph.prerequisites import check_model, is_graph
from keras_distill.compression.quantization.composite_plan import why_not_inside
from keras_distill.compression.quantization.quantization_rules import (
    kernel_of,
    moves_values,
    reason_of_activation,
    reason_to_skip,
)
from keras_distill.compression.quantization.quantize_wrapper import QuantizeWrapper
from keras_distill.compression.quantization.quantized_input import QuantizedInput
from keras_distill.compression.quantization.quantized_layer import QuantizedLayer
from keras_distill.compression.quantization.traced_graph import calls_inside
from keras_distill.compression.sparsity.prunable_weights import (
    is_prunable,
    prunable_weights,
    why_not,
)
from keras_distill.compression.sparsity.pruned_layer import PrunedLayer
from keras_distill.footprint import macs_by_layer
from keras_distill.footprint.macs_by_layer import add_up

_NOT_ANNOTATED = "it was not annotated"
_KERNELS_ONLY = "dynamic_range"


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
    rows = list(opened_layers(model))
    kinds = {type(layer) for _, layer in rows}
    if any(isinstance(layer, QuantizedLayer) and not layer.activation_bits for _, layer in rows):
        kinds.add(_KERNELS_ONLY)
    policies = {layer.chosen_by for _, layer in rows if isinstance(layer, PrunedLayer)}
    macs = {**macs_by_layer(model), **_macs_inside(rows)}
    layers = {
        path: {**_facts(layer, kinds, policies), "macs": macs.get(path)} for path, layer in rows
    }
    return CompressionSummary(model.name, layers, _bare_operations(model))


def _facts(layer, kinds, policies):
    done, skipped = _done(layer, kinds, policies)
    wrappers = PrunedLayer | ClusteredLayer | QuantizeWrapper | QuantizedLayer | CompositeWrapper
    inner = layer.layer if isinstance(layer, wrappers) else layer
    variables, values, bits = _kernels(layer)
    known = {id(variable) for variable in variables}
    rest = [np.asarray(weight) for weight in inner.weights if id(weight) not in known]
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


def _kernels(layer):
    """The variables that are a layer's kernels, their values as deployed, and their bits."""
    if isinstance(layer, CompositeWrapper):
        return weights_inside(layer.layer), None, None
    if isinstance(layer, QuantizedLayer) and layer.quantized_kernel:
        kernel = kernel_of(layer.layer)
        return [kernel], _int8(np.asarray(layer.kernel_quantizer.fake()), layer), 8
    if isinstance(layer, ClusteredLayer):
        return layer.kernels, *_flat(list(layer.clustered().values()))
    if isinstance(layer, PrunedLayer):
        pairs = zip(layer.kernels, layer.masks, strict=True)
        arrays = [np.asarray(kernel) * np.asarray(mask) for kernel, mask in pairs]
        return layer.kernels, *_flat(arrays)
    inner = layer.layer if isinstance(layer, QuantizedLayer) else layer
    kernels = prunable_weights(inner)
    if not kernels and kernel_of(inner) is not None:
        kernels = [kernel_of(inner)]
    return kernels, *_flat([np.asarray(kernel) for kernel in kernels])


def _flat(arrays):
    if not arrays:
        return None, None
    return np.concatenate([array.ravel() for array in arrays]), arrays[0].dtype.itemsize * 8


def _int8(fake, layer):
    low, high = layer.kernel_quantizer.range()
    scale = np.where(high > low, high - low, 1.0) / 254.0
    return np.round(fake / scale).astype("int8")


def _not_chosen(policies):
    names = " and ".join(sorted(name for name in policies if name))
    return f"the policy {names} does not allow it" if names else "it was not chosen for pruning"


def _done(layer, kinds, policies):
    if isinstance(layer, PrunedLayer):
        return f"pruned {layer.pattern}".strip(), None
    if isinstance(layer, ClusteredLayer | CompositeWrapper):
        return layer.pattern, None
    if isinstance(layer, QuantizedInput):
        return f"input int{layer.bits}", None
    if isinstance(layer, QuantizeWrapper):
        return f"by {type(layer.quantize_config).__name__}", None
    if isinstance(layer, QuantizedLayer):
        reason = reason_to_skip(layer.layer) or reason_of_activation(layer.layer)
        return _quantizers(layer), reason if layer.activation_bits else None
    if QuantizedLayer in kinds:
        if moves_values(layer):
            return "moves values", None
        if _KERNELS_ONLY in kinds and not prunable_weights(layer):
            return "float", None
        reason = why_not_inside(layer) if is_composite(layer) else reason_to_skip(layer)
        return "", reason or _NOT_ANNOTATED
    if ClusteredLayer in kinds:
        return "", why_not_clustered(layer)
    if PrunedLayer in kinds:
        if is_prunable(layer):
            return "", _not_chosen(policies)
        return "", why_not(layer)
    return "", None


def _quantizers(layer):
    if moves_values(layer.layer):
        return "moves values"
    bits = layer.activation_bits
    if layer.quantized_kernel:
        kept = ", zeros kept" if layer.preserve_sparsity else ""
        kept += ", clusters kept" if layer.preserve_clusters else ""
        if not layer.output_quantized:
            return "kernel int8" + kept
        return ("kernel and output int8" if bits == 8 else "kernel int8, output int16") + kept
    if layer.output_quantized:
        return f"output int{bits}"
    return f"input int{bits}" if layer.before_activation else "fused"


def _macs_inside(rows):
    calls = []
    for path, wrapper in rows:
        if isinstance(wrapper, CompositeWrapper):
            inner, names = inner_layers(wrapper.layer), named_paths(wrapper.layer)
            paths = {id(one): f"{path}/{names[where]}" for where, one in inner.items()}
            made = calls_inside(wrapper.layer, wrapper._inbound_nodes)
            calls += [(paths[id(one)], one, *shapes) for one, *shapes in made]
    return add_up(calls)


def _bare_operations(model):
    names = []
    for operation in getattr(model, "operations", []):
        if isinstance(operation, keras.Model) and is_graph(operation):
            names.extend(_bare_operations(operation))
        elif not isinstance(operation, keras.Layer):
            names.append(operation.name)
    return names

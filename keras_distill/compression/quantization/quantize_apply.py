from keras_distill.compression.graph.prerequisites import (
    check_backend,
    check_model,
    layers_with_paths,
    prepared_layers,
)
from keras_distill.compression.graph.rebuild import copy_layer, rebuild
from keras_distill.compression.quantization.prepare_quantization import prepare_quantization
from keras_distill.compression.quantization.quantize_annotate import QuantizeAnnotate

# TF-MOT's schemes by the names of their classes; what each keeps: (zeros, clusters).
_SCHEMES = {
    "NoneType": (False, False),
    "Default8BitQuantizeScheme": (False, False),
    "Default8BitPrunePreserveQuantizeScheme": (True, False),
    "Default8BitClusterPreserveQuantizeScheme": (True, True),
}


def quantize_apply(model, scheme=None, quantized_layer_name_prefix=""):
    """Prepare the annotated layers of a model for 8-bit quantization-aware training.

    As in TF-MOT, a layer that alone feeds an annotated one gets a range for its output, since
    an int8 layer must be fed int8; every other layer stays float.

    Args:
        model: a built Functional or Sequential `keras.Model` with layers that
            `quantize_annotate_layer` or `quantize_annotate_model` marked. It is left as it is.
        scheme: one of TF-MOT's scheme objects: `Default8BitQuantizeScheme`,
            `Default8BitPrunePreserveQuantizeScheme` (zeros stay zero) or
            `Default8BitClusterPreserveQuantizeScheme` (clusters stay, and zeros unless it
            says otherwise). Defaults to `None`, the first.
        quantized_layer_name_prefix: put before the names of quantized layers. Defaults to "",
            where TF-MOT has "quant_": names are how a Distiller finds its layers.

    Returns:
        A new `keras.Model` without annotations. Compile it before it trains.

    Raises:
        ValueError: for a model without annotations, one that is quantized already, or a
            scheme of another kind.
        RuntimeError: on another backend than TensorFlow.

    Example:

    ```python
    model = keras.Sequential([
        keras.Input((8,)),
        keras.layers.Dense(4),
        kd.compression.quantize_annotate_layer(keras.layers.Dense(2)),
    ])
    quantized = kd.compression.quantize_apply(model)
    ```
    """
    check_backend("quantize_apply")
    check_model("quantize_apply", model)
    prepared = prepared_layers(model)
    if prepared:
        raise ValueError(
            "`quantize_apply` expects a model that is not prepared yet. Received: "
            f"{model.name!r}, whose layer {prepared[0][0]!r} is a "
            f"{type(prepared[0][1]).__name__} already. Annotate the model that it was made from."
        )
    marks = {
        path: layer for path, layer in layers_with_paths(model)
        if isinstance(layer, QuantizeAnnotate)
    }  # fmt: skip
    if not marks:
        raise ValueError(
            f"`quantize_apply` found nothing that is annotated in {model.name!r}. Mark layers with "
            "`quantize_annotate_layer`, or all with `quantize_annotate_model`, first."
        )
    zeros, clusters = _kept(scheme)

    def unmark(layer):
        return copy_layer(layer.layer if isinstance(layer, QuantizeAnnotate) else layer)

    plain = rebuild(model, unmark)
    layers = {path: layer for path, layer in layers_with_paths(plain) if path in marks}
    configs = {
        layer: marks[path].quantize_config
        for path, layer in layers.items()
        if marks[path].quantize_config is not None
    }
    return prepare_quantization(
        "quantize_apply", plain, zeros, clusters, set(layers.values()), configs,
        quantized_layer_name_prefix,
    )  # fmt: skip


def _kept(scheme):
    kind = type(scheme).__name__
    if kind not in _SCHEMES:
        raise ValueError(
            f"`scheme` is one of TF-MOT's: {', '.join(name for name in _SCHEMES if name[0] == 'D')}"
            f". Received: an object of type {kind!r}. Leave it out for the first of them."
        )
    zeros, clusters = _SCHEMES[kind]
    return getattr(scheme, "preserve_sparsity", zeros), clusters

from keras_distill.compression.graph.prerequisites import (
    check_backend,
    check_model,
    layers_with_paths,
    prepared_layers,
)
from keras_distill.compression.graph.rebuild import copy_layer, rebuild
from keras_distill.compression.quantization.quantize_annotate import QuantizeAnnotate
from keras_distill.compression.quantization.quantize_annotate_layer import quantize_annotate_layer


def quantize_annotate_model(to_annotate, layer_names=None):
    """Mark the layers of a model for `keras_distill.compression.quantize_apply`.

    Quantizes nothing by itself. Layers that `quantize_annotate_layer` has marked stay as they
    were marked, so it is the way to quantize a whole model with a configuration of your own
    for some of its layers.

    Args:
        to_annotate: a built Functional or Sequential `keras.Model`. It is left as it is.
        layer_names: names of the layers to mark; paths into nested models, as
            "backbone/conv_1". Defaults to `None`: all.

    Returns:
        A new `keras.Model` of the same names and weights.

    Raises:
        ValueError: for a model that is not a built Functional or Sequential Keras 3 model, one
            that is prepared already, or a name that no layer has.
        RuntimeError: on another backend than TensorFlow.

    Example:

    ```python
    model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(4, name="head")])
    annotated = kd.compression.quantize_annotate_model(model, layer_names=["head"])
    quantized = kd.compression.quantize_apply(annotated)
    ```
    """
    check_backend("quantize_annotate_model")
    check_model("quantize_annotate_model", to_annotate)
    prepared = prepared_layers(to_annotate)
    if prepared:
        raise ValueError(
            "`quantize_annotate_model` expects a model that is not prepared yet. Received: "
            f"{to_annotate.name!r}, whose layer {prepared[0][0]!r} is a "
            f"{type(prepared[0][1]).__name__} already. Strip it first."
        )
    paths = {layer: path for path, layer in layers_with_paths(to_annotate)}
    unknown = [name for name in layer_names or () if name not in paths.values()]
    if unknown:
        raise ValueError(
            f"`layer_names` holds {', '.join(map(repr, unknown))}, which no layer of "
            f"{to_annotate.name!r} is called. Expected names among: {', '.join(paths.values())}."
        )

    def replace(layer):
        if isinstance(layer, QuantizeAnnotate):
            # Its configuration is shared: it need not be registered with Keras for this.
            return QuantizeAnnotate(copy_layer(layer.layer), layer.quantize_config)
        new = copy_layer(layer)
        chosen = layer_names is None or paths.get(layer) in layer_names
        return quantize_annotate_layer(new) if chosen else new

    return rebuild(to_annotate, replace)

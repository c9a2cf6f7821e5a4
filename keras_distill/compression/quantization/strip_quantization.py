from keras import ops

from keras_distill.compression.graph.inner_layers import inner_layers
from keras_distill.compression.graph.opened_layers import opened_layers
from keras_distill.compression.graph.prerequisites import check_backend, check_model
from keras_distill.compression.graph.unwrapped import unwrapped
from keras_distill.compression.quantization.quantization_rules import kernel_of
from keras_distill.compression.quantization.quantized_composite import QuantizedComposite
from keras_distill.compression.quantization.quantized_input import QuantizedInput
from keras_distill.compression.quantization.quantized_layer import QuantizedLayer


def strip_quantization(model):
    """Take the fake quantization out of a model trained for `recipe="dynamic_range"`.

    The kernels are left on their 8-bit grid, where TFLite's dynamic-range quantization finds
    them: it makes no int8 kernels of a model that still carries fake quantization.

    Args:
        model: a model made by `keras_distill.compression.quantize_model` with
            `recipe="dynamic_range"`. It is left as it is, and can go on training.

    Returns:
        A new `keras.Model` of stock Keras layers only, with the same predictions.

    Raises:
        ValueError: for a model that was never quantized, or one with ranges for activations,
            which would be lost.
        RuntimeError: on another backend than TensorFlow.

    Example:

    ```python
    model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(4)])
    quantized = kd.compression.quantize_model(model, recipe="dynamic_range")
    stripped = kd.compression.strip_quantization(quantized)
    ```
    """
    check_backend("strip_quantization")
    check_model("strip_quantization", model)
    kinds = (QuantizedLayer, QuantizedInput)
    quantized = [layer for _, layer in opened_layers(model) if isinstance(layer, kinds)]
    if not quantized:
        raise ValueError(
            "`strip_quantization` expects a model made by `quantize_model`. Received: "
            f"{model.name!r}, none of whose layers is quantized. There is nothing to strip; use "
            "the model as it is."
        )
    if any(getattr(layer, "activation_bits", 8) for layer in quantized):
        raise ValueError(
            '`strip_quantization` expects a model made with `recipe="dynamic_range"`. Received: '
            f"{model.name!r}, which has ranges for its activations too. They would be lost: "
            "export it as it is."
        )
    stripped, pairs = unwrapped(model, (QuantizedLayer, QuantizedComposite))
    for old, new in pairs:
        parts = {"": old}
        if isinstance(old, QuantizedComposite):
            parts = {path: old.part(path) for path in old.quantizers}
        inner = {"": new, **inner_layers(new)}
        for path, part in parts.items():
            kernel = kernel_of(inner[path])
            kernel.assign(ops.reshape(part.kernel_quantizer.fake(), kernel.shape))
    return stripped

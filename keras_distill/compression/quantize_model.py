from keras_distill.compression.prerequisites import (
    check_backend,
    check_model,
    is_graph,
    prepared_layers,
)
from keras_distill.compression.quantization_plan import plan
from keras_distill.compression.quantized_input import QuantizedInput
from keras_distill.compression.quantized_layer import QuantizedLayer
from keras_distill.compression.rebuild import copy_layer, rebuild


def quantize_model(to_quantize, preserve_sparsity=False):
    """Prepare a Keras 3 model for 8-bit quantization-aware training.

    TF-MOT's default 8-bit scheme: kernels and activations are rounded to 256 levels in the
    forward pass, so the model learns to live with them, and the ranges that it learns go into
    the int8 `.tflite` file without a calibration set. Train the result (its ranges mean nothing
    before), then export it as it is: there is nothing to strip.

    A layer that cannot be quantized stays float; `keras_distill.compression.summary` names it
    and its reason.

    Args:
        to_quantize: a built Functional or Sequential `keras.Model`, nested ones included. It is
            left as it is.
        preserve_sparsity: whether weights that are exactly zero now, as pruning leaves them,
            stay zero through training and in the int8 file. Defaults to `False`.

    Returns:
        A new `keras.Model` of the same names and weights. Compile it before it trains.

    Raises:
        ValueError: for a model that is not a built Functional or Sequential Keras 3 model, one
            that is already prepared, or one with no layer to quantize.
        RuntimeError: on another backend than TensorFlow.

    Example:

    ```python
    model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(4)])
    int8 = kd.compression.quantize_model(model)
    int8.compile("sgd", "mse")
    int8.fit(np.ones((4, 8)), np.ones((4, 4)), verbose=0)
    ```

    Reference:
        - [Jacob et al., 2018](https://arxiv.org/abs/1712.05877)
    """
    check_backend("quantize_model")
    check_model("quantize_model", to_quantize)
    prepared = prepared_layers(to_quantize)
    if prepared:
        raise ValueError(
            "`quantize_model` expects a model that is not prepared yet. Received: "
            f"{to_quantize.name!r}, whose layer {prepared[0][0]!r} is a "
            f"{type(prepared[0][1]).__name__} already. Call `strip_pruning` on a pruned model "
            "first; a quantized one is ready to train."
        )
    placements = _plan_all(to_quantize)
    if not any(placement.kernel for placement in placements.values()):
        raise ValueError(
            f"`quantize_model` found nothing to quantize in {to_quantize.name!r}. Expected at "
            "least one Conv2D, DepthwiseConv2D or Dense layer."
        )
    sparse = []

    def replace(layer):
        new = copy_layer(layer)
        placement = placements.get(layer)
        if placement is None:
            return new
        keep = preserve_sparsity and placement.kernel is not None
        wrapped = QuantizedLayer(
            new, placement.kernel, placement.before_activation, placement.output, keep
        )
        if keep:
            sparse.append(wrapped)
        return wrapped

    quantized = rebuild(to_quantize, replace, lambda name: QuantizedInput(name=f"{name}_quantized"))
    for layer in sparse:
        layer.keep_zeros()
    return quantized


def _plan_all(model):
    placements, _ = plan(model)
    for layer in model.layers:
        if is_graph(layer):
            placements = {**placements, **_plan_all(layer)}
    return placements

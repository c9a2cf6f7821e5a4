from keras_distill.compression.graph.prerequisites import (
    check_backend,
    check_model,
    prepared_layers,
)
from keras_distill.compression.quantization.prepare_quantization import prepare_quantization

_ACTIVATION_BITS = {"int8": 8, "int16x8": 16, "dynamic_range": None}


def quantize_model(
    to_quantize,
    quantized_layer_name_prefix="",
    preserve_sparsity=False,
    preserve_clusters=False,
    recipe="int8",
):
    """Prepare a Keras 3 model for quantization-aware training.

    TF-MOT's default 8-bit scheme: kernels and activations are rounded to 256 levels in the
    forward pass, so the model learns to live with them, and the ranges that it learns go into
    the int8 `.tflite` file. Give the result ranges that fit by
    `keras_distill.compression.calibrate`, train it (without either its ranges mean nothing), then
    export it as it is: there is nothing to strip, but with `recipe="dynamic_range"`
    (`keras_distill.compression.strip_quantization`).

    A layer that cannot be quantized stays float; `keras_distill.compression.summary` names it
    and its reason. A separable convolution becomes two layers: a depthwise convolution
    `NAME_depthwise`, and a pointwise one that keeps the name.

    Args:
        to_quantize: a built Functional or Sequential `keras.Model`, nested ones included. It is
            left as it is.
        quantized_layer_name_prefix: put before the names of quantized layers. Defaults to "",
            where TF-MOT has "quant_": names are how a Distiller finds its layers.
        preserve_sparsity: whether weights that are exactly zero now, as pruning leaves them,
            stay zero through training and in the int8 file. Defaults to `False`.
        preserve_clusters: whether kernels that hold only a few different values now, as
            `keras_distill.compression.strip_clustering` leaves them, hold no more after
            training (in each channel, where int8 scales by channel). The values themselves go
            on training. Defaults to `False`.
        recipe: what the file will hold, in TFLite's words: "int8" for kernels and activations
            of 8 bits; "int16x8" for kernels of 8 and activations of 16 bits, symmetric around
            zero; "dynamic_range" for kernels of 8 bits only, what is between layers being
            float. Defaults to "int8". TensorFlow 2.21's converter takes the 16-bit ranges as
            they are, but writes biases of 32 bits, which TFLite's 16-bit kernels read as 64:
            widen them in the file.

    Returns:
        A new `keras.Model` of the same names and weights. Compile it before it trains.

    Raises:
        ValueError: for a model that is not a built Functional or Sequential Keras 3 model, one
            that is already prepared, one with no layer to quantize, another recipe, or with
            `preserve_clusters` one with no clustered kernel.
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
    if recipe not in _ACTIVATION_BITS:
        raise ValueError(
            f"`recipe` is one of: {', '.join(map(repr, _ACTIVATION_BITS))}. Received: "
            f"recipe={recipe!r}. Leave it out for 'int8'."
        )
    check_model("quantize_model", to_quantize)
    prepared = prepared_layers(to_quantize)
    if prepared:
        raise ValueError(
            "`quantize_model` expects a model that is not prepared yet. Received: "
            f"{to_quantize.name!r}, whose layer {prepared[0][0]!r} is a "
            f"{type(prepared[0][1]).__name__} already. Call `strip_pruning` on a pruned model "
            "first; a quantized one is ready to train."
        )
    return prepare_quantization(
        "quantize_model", to_quantize, preserve_sparsity, preserve_clusters,
        prefix=quantized_layer_name_prefix, activation_bits=_ACTIVATION_BITS[recipe],
    )  # fmt: skip

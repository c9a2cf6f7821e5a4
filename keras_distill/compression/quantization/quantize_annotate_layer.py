import keras

from keras_distill.compression.quantization.quantize_annotate import QuantizeAnnotate
from keras_distill.compression.quantization.quantize_config import METHODS
from keras_distill.compression.quantization.quantized_layer import QuantizedLayer


def quantize_annotate_layer(to_annotate, quantize_config=None):
    """Mark one layer for `keras_distill.compression.quantize_apply`.

    Quantizes nothing by itself. Use it where a model is built, or as `clone_function` of
    `keras.models.clone_model`.

    Args:
        to_annotate: a `keras.layers.Layer`, built or not.
        quantize_config: a `keras_distill.compression.QuantizeConfig` (or one of TF-MOT's) that says
            what is quantized. Defaults to `None`: the default 8-bit scheme.

    Returns:
        A `keras_distill.compression.QuantizeAnnotate` around the layer.

    Raises:
        ValueError: for anything but a Keras 3 layer, for one that is marked or quantized
            already, and for a configuration without the methods of one.

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
    if isinstance(to_annotate, QuantizeAnnotate | QuantizedLayer):
        done = "quantized" if isinstance(to_annotate, QuantizedLayer) else "annotated"
        raise ValueError(
            "`quantize_annotate_layer` expects a layer that is not annotated yet. Received: "
            f"{to_annotate.name!r}, which is {done} already. Pass the layer itself."
        )
    if not isinstance(to_annotate, keras.Layer) or isinstance(to_annotate, keras.Model):
        raise ValueError(
            "`quantize_annotate_layer` expects a `keras.layers.Layer`. Received: an object of "
            f"type {type(to_annotate).__name__!r}. For a whole model call "
            "`quantize_annotate_model`."
        )
    lacking = [name for name in METHODS if not hasattr(quantize_config, name)]
    if quantize_config is not None and lacking:
        raise ValueError(
            "`quantize_config` is a `QuantizeConfig`, of keras_distill.compression or of TF-MOT. "
            f"Received: an object of type {type(quantize_config).__name__!r} without "
            f"{', '.join(lacking)}. Subclass `keras_distill.compression.QuantizeConfig`."
        )
    return QuantizeAnnotate(to_annotate, quantize_config)

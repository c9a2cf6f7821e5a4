import keras

from keras_distill import _tfmot

_QUANTIZERS = ("LastValueQuantizer", "MovingAverageQuantizer", "AllValuesQuantizer")


def quantize_scope(*args):
    """Scope in which models that hold TF-MOT's or your own quantization objects load.

    Models of `keras_distill.compression.quantize_model` need none. One with a `QuantizeConfig` or a
    quantizer of your own that is not registered with Keras does.

    Args:
        *args: dicts of {name: class}.

    Returns:
        A `keras.saving.CustomObjectScope` of these and TF-MOT's quantizers.

    Example:

    ```python
    with kd.compression.quantize_scope({"MyConfig": object}):
        pass  # keras.models.load_model("quantized.keras")
    ```
    """
    objects = {name: getattr(_tfmot, name) for name in _QUANTIZERS}
    for more in args:
        objects.update(more)
    return keras.saving.custom_object_scope(objects)

"""What each recipe asks of the converter."""


def _float32(converter):
    import tensorflow as tf

    # No select-TF operators: the interpreter on a phone does not have them.
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]


def _float16(converter):
    import tensorflow as tf

    _dynamic_range(converter)
    converter.target_spec.supported_types = [tf.float16]


def _dynamic_range(converter):
    import tensorflow as tf

    _float32(converter)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]


def _int16x8(converter):
    import tensorflow as tf

    _dynamic_range(converter)
    # With the float operators too: what LiteRT has no 16-bit kernel for stays float.
    converter.target_spec.supported_ops = [
        tf.lite.OpsSet.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8,
        tf.lite.OpsSet.TFLITE_BUILTINS,
    ]


# int8 differs from dynamic_range by its ranges, which the model or the calibration data bring.
CONVERTERS = {
    "float32": _float32,
    "float16": _float16,
    "dynamic_range": _dynamic_range,
    "int8": _dynamic_range,
    "int16x8": _int16x8,
}

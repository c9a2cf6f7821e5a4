"""What every recipe has in common; what they make is tested in test_to_tflite."""

import pytest

from keras_distill.export.conversion.converters import CONVERTERS


@pytest.mark.parametrize("recipe", CONVERTERS)
def test_no_recipe_lets_tensorflow_in(recipe):
    import tensorflow as tf

    converter = tf.lite.TFLiteConverter.from_concrete_functions(
        [tf.function(lambda x: x).get_concrete_function(tf.TensorSpec((1, 2)))], tf.Module()
    )
    CONVERTERS[recipe](converter)
    assert tf.lite.OpsSet.SELECT_TF_OPS not in converter.target_spec.supported_ops
    assert tf.lite.OpsSet.TFLITE_BUILTINS in converter.target_spec.supported_ops
    assert not converter.allow_custom_ops

"""The quantizer told what to leave, without Keras."""

import warnings

import numpy as np
import pytest

from keras_distill.export.contents.tflite_contents import read
from keras_distill.export.conversion.converters import CONVERTERS
from keras_distill.export.conversion.quantize_but import quantize_but


@pytest.mark.parametrize("scope, left", [("first", "MUL"), ("last", "FULLY_CONNECTED")])
def test_only_what_has_the_scope_stays_float(scope, left, tmp_path):
    import tensorflow as tf

    weights = np.random.default_rng(0).normal(size=(4, 3)).astype("float32")

    @tf.function(input_signature=[tf.TensorSpec((1, 4))])
    def function(x):
        with tf.name_scope("first"):
            x = x * tf.constant([1.0, 2.0, 3.0, 4.0])
        # So that the product is not made one with the weights.
        x = tf.nn.relu6(x)
        # The file's last operator carries the output's name, its weights the scope.
        with tf.name_scope("last"):
            return x @ weights

    concrete = function.get_concrete_function()
    converter = tf.lite.TFLiteConverter.from_concrete_functions([concrete], function)
    CONVERTERS["int8"](converter)
    data = np.random.default_rng(1).uniform(size=(20, 1, 4)).astype("float32")
    converter.representative_dataset = lambda: ([one] for one in data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        content, gone = quantize_but(converter, [scope, "nowhere"], tf.int8)
    assert gone == ["nowhere"]
    path = tmp_path / "x.tflite"
    path.write_bytes(content)
    contents = read(path)
    floats = {
        operator.name
        for operator in contents.operators
        if contents.tensors[operator.inputs[0]].dtype == "float32" and operator.name != "QUANTIZE"
    }
    assert left in floats
    assert len(floats) < len({operator.name for operator in contents.operators} - {"QUANTIZE"})

"""A SavedModel whose fake quantization lets values through."""

import numpy as np

from keras_distill.export.conversion.without_fake_quantization import without_fake_quantization


def test_values_pass_as_they_are(tmp_path):
    import tensorflow as tf

    @tf.function(input_signature=[tf.TensorSpec((None, 2), tf.float32, "input")])
    def serve(input):
        low, high = tf.constant(-1.0), tf.constant(1.0)
        x = tf.quantization.fake_quant_with_min_max_vars(input, low, high)
        x = tf.quantization.fake_quant_with_min_max_args(x * 3.0, -1.0, 1.0)
        return {"output": x + 1.0}

    module = tf.Module()
    module.serve = serve
    tf.saved_model.save(module, str(tmp_path), signatures=serve.get_concrete_function())
    values = np.array([[0.123456, -7.0]], "float32")
    before = tf.saved_model.load(str(tmp_path)).signatures["serving_default"]
    assert np.abs(before(input=values)["output"] - (3 * values + 1)).max() > 1
    # Once in the signature's function, once in the one that it calls.
    assert without_fake_quantization(tmp_path) >= 2
    after = tf.saved_model.load(str(tmp_path)).signatures["serving_default"]
    np.testing.assert_allclose(after(input=values)["output"], 3 * values + 1, rtol=1e-6)


def test_a_model_without_any_stays_what_it_is(tmp_path):
    import tensorflow as tf

    module = tf.Module()
    module.serve = tf.function(lambda x: x * 2.0)
    spec = tf.TensorSpec((None, 2), tf.float32, "input")
    signature = module.serve.get_concrete_function(spec)
    tf.saved_model.save(module, str(tmp_path), signatures=signature)
    assert without_fake_quantization(tmp_path) == 0

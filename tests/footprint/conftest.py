"""Small .tflite files, made once: one input and several, floats and integers, Flex."""

import numpy as np
import pytest


def convert(function, *specs, flex=False, quantized=False, sparse=False):
    import tensorflow as tf

    module = tf.Module()
    module.function = tf.function(function, input_signature=specs)
    converter = tf.lite.TFLiteConverter.from_concrete_functions(
        [module.function.get_concrete_function()], module
    )
    if flex:
        converter.target_spec.supported_ops = [
            tf.lite.OpsSet.TFLITE_BUILTINS,
            tf.lite.OpsSet.SELECT_TF_OPS,
        ]
    if quantized:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.inference_input_type = converter.inference_output_type = tf.int8
    if sparse:
        converter.optimizations = [tf.lite.Optimize.EXPERIMENTAL_SPARSITY]
    return converter.convert()


@pytest.fixture(scope="session")
def kernel():
    """64 × 128 floats, six of eight of them zero."""
    chance = np.random.default_rng(0)
    kernel = chance.normal(size=(64, 128)).astype("float32")
    kernel.ravel()[chance.permutation(kernel.size)[: 3 * kernel.size // 4]] = 0
    return kernel


@pytest.fixture(scope="session")
def files(tmp_path_factory, kernel):
    """{name: path}."""
    import tensorflow as tf

    folder = tmp_path_factory.mktemp("latency")
    image = tf.TensorSpec((None, 8, 8, 1), tf.float32, name="image")
    words = tf.TensorSpec((1, 3), tf.int32, name="words")
    dense = np.random.default_rng(1).normal(size=kernel.shape).astype("float32")
    heavy = np.random.default_rng(2).normal(size=(64, 20_000)).astype("float32")
    table = np.eye(4, dtype="float32")

    def flat(x):
        return tf.reshape(x, (-1, 64))

    def int8(x):
        x = tf.quantization.fake_quant_with_min_max_args(x, 0.0, 1.0)
        w = tf.quantization.fake_quant_with_min_max_args(kernel, -1.27, 1.27, narrow_range=True)
        return tf.quantization.fake_quant_with_min_max_args(flat(x) @ w, -8.0, 8.0)

    def wide(x):
        return tf.reduce_max(tf.sigmoid(tf.broadcast_to(x, (1, 1024, 1024, 16))), axis=(1, 2, 3))

    made = {
        "dense": convert(lambda x: flat(x) @ dense, image),
        "sparse": convert(lambda x: flat(x) @ kernel, image),
        "packed": convert(lambda x: flat(x) @ kernel, image, sparse=True),
        "heavy": convert(lambda x: flat(x) @ heavy, image),
        "int8": convert(int8, image, quantized=True),
        "batch_of_4": convert(lambda x: flat(x) @ dense, tf.TensorSpec((4, 8, 8, 1), tf.float32)),
        "two_inputs": convert(
            lambda image, words: (
                tf.reduce_sum(tf.gather(table, words), axis=1) + tf.reduce_mean(image)
            ),
            image,
            words,
        ),
        "wide": convert(wide, tf.TensorSpec((1, 1, 1, 1), tf.float32)),
        "flex": convert(tf.linalg.inv, tf.TensorSpec((3, 3), tf.float32), flex=True),
    }
    paths = {}
    for name, content in made.items():
        paths[name] = folder / f"{name}.tflite"
        paths[name].write_bytes(content)
    return paths

"""Networks that a few rules of the pen make good or bad, as pairs of files.

Converting in this process takes a second, where the child process takes six.
"""

import types

import keras
import numpy as np
import pytest

from keras_distill.export.serving.model_ends import model_ends
from keras_distill.export.serving.trace import write_saved_model

layers = keras.layers


def pictures(count, seed):
    """Four classes of stripes in noise."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 4, count)
    angles = 4 * np.pi * np.arange(12) / 12
    rows, columns = np.cos(angles)[:, None], np.cos(angles)[None, :]
    kinds = [
        rows + 0 * columns,
        columns + 0 * rows,
        rows * columns,
        np.cos(angles[:, None] + angles),
    ]
    images = np.stack([kinds[label] for label in labels]) + rng.normal(0, 0.5, (count, 12, 12))
    return images[..., None].astype("float32"), labels


def fitted(features, name="net", softmax=True):
    """Random features and a head that least squares fits: as good as trained, in no time."""
    images, labels = pictures(600, 0)
    known = features.predict(images, verbose=0)
    known = np.concatenate([known, np.ones((len(known), 1))], 1)
    # With a ridge, so that the head does not live on small differences of large numbers.
    wanted = known.T @ (8.0 * np.eye(4)[labels] - 2.0)
    solved = np.linalg.solve(known.T @ known + 0.3 * np.eye(known.shape[1]), wanted)
    head = layers.Dense(4, activation="softmax" if softmax else None, name="head")
    model = keras.Model(features.input, head(features.output), name=name)
    head.set_weights([solved[:-1], solved[-1]])
    return model


def convolution(name, filters=8):
    return layers.Conv2D(filters, 3, padding="same", activation="relu", name=name)


def straight(name="net"):
    """stem, c1 … c4, one after another."""
    keras.utils.set_random_seed(1)
    inputs = keras.Input((12, 12, 1))
    x = convolution("stem")(inputs)
    for number in range(1, 5):
        x = convolution(f"c{number}")(x)
        if number == 1:
            x = layers.MaxPooling2D(name="pool")(x)
    x = layers.AveragePooling2D(3, name="mean")(x)
    return fitted(keras.Model(inputs, layers.Flatten(name="flat")(x)), name)


def widened(model, first, second, factor=2000.0, channel=None):
    """One channel of a layer made wider, what reads it as much narrower: in float, no change."""
    first, second = model.get_layer(first), model.get_layer(second)
    kernel, bias = first.kernel.numpy(), first.bias.numpy()
    if channel is None:
        channel = int(np.argmax(np.abs(kernel).sum((0, 1, 2))))
    kernel[..., channel] *= factor
    bias[channel] *= factor
    first.set_weights([kernel, bias])
    kernel = second.kernel.numpy()
    kernel[..., channel, :] /= factor
    second.set_weights([kernel, *second.get_weights()[1:]])
    return model


def converted(model, folder, calibration=None):
    """`(float32 file, int8 file)`."""
    import tensorflow as tf

    calibration = pictures(60, 2)[0] if calibration is None else calibration
    write_saved_model(model, model_ends(model), folder / "saved_model", batch=1)
    made = []
    for name in ("float32", "int8"):
        converter = tf.lite.TFLiteConverter.from_saved_model(str(folder / "saved_model"))
        if name == "int8":
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
            converter.representative_dataset = lambda: ([one[None]] for one in calibration)
            converter.inference_input_type = converter.inference_output_type = tf.int8
        path = folder / f"{model.name}_{name}.tflite"
        path.write_bytes(converter.convert())
        made.append(path)
    return made


@pytest.fixture(scope="session")
def healthy(tmp_path_factory):
    """`(model, float32 file, int8 file)`."""
    model = straight()
    return model, *converted(model, tmp_path_factory.mktemp("healthy"))


@pytest.fixture(scope="session")
def nets():
    """The functions of this file, for other networks."""
    made = (convolution, converted, fitted, pictures, straight, widened)
    return types.SimpleNamespace(**{each.__name__: each for each in made})

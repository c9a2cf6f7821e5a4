"""They are found inside other layers, and an int8 file that may keeps them in float."""

import keras
import numpy as np

from keras_distill import export
from keras_distill.export.serving.normalizations import normalizations


def network():
    """Small differences on a large mean: the variance that eight bits lose."""
    keras.utils.set_random_seed(0)
    inner = keras.Sequential(
        [keras.Input((6, 16)), keras.layers.LayerNormalization(name="norm")], name="inner"
    )
    x = inputs = keras.Input((6, 16))
    x = keras.layers.Dense(16, name="dense")(x)
    x = inner(x)
    x = keras.layers.BatchNormalization(name="batch")(x)
    x = keras.layers.RMSNormalization(name="rms")(x)
    return keras.Model(inputs, keras.layers.Dense(4, name="head")(keras.layers.Flatten()(x)))


def test_by_path_inside_other_layers_and_no_batch_normalization():
    assert normalizations(network()) == ["inner/norm", "rms"]


def test_an_int8_file_keeps_them_in_float(tmp_path):
    rng = np.random.default_rng(0)
    # Examples of very different spread, as tokens are.
    spread = 10.0 ** rng.uniform(-2, 1, (128, 6, 1))
    data = (spread * rng.normal(size=(128, 6, 16))).astype("float32")
    artefact = export.to_tflite(
        network(), tmp_path / "m.tflite", "int8", calibration_data=data,
        allow_float=True, minimum_agreement=0.0,
    )  # fmt: skip
    assert artefact.manifest["keep_float"] == ["inner/norm", "rms"]
    kept = {name for name, _ in export.describe(artefact)["float_operators"]}
    assert kept >= {"RSQRT", "SQUARED_DIFFERENCE"} and "FULLY_CONNECTED" not in kept

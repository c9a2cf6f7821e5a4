"""From a file that answers badly to one that does not."""

import re

import keras
import numpy as np
import pytest

from keras_distill.export import diagnose, to_tflite


def widened(model, factor=3000.0):
    """The first channel of a convolution wide, and read by nobody: it takes the others' range."""
    stem, following = model.get_layer("stem"), model.get_layer("next")
    kernel, bias = stem.get_weights()
    kernel[..., 0] *= factor
    stem.set_weights([kernel, bias])
    kernel, bias = following.get_weights()
    kernel[..., 0, :] = 0
    following.set_weights([kernel, bias])
    return model


@pytest.fixture
def network():
    """Chooses the brightest quarter of a picture."""
    keras.utils.set_random_seed(0)
    inputs = keras.Input((12, 12, 1))
    x = keras.layers.Conv2D(4, 3, padding="same", activation="relu", name="stem")(inputs)
    x = keras.layers.Conv2D(4, 3, padding="same", activation="relu", name="next")(x)
    x = keras.layers.AveragePooling2D(6, name="mean")(x)
    x = keras.layers.Flatten(name="flat")(x)
    model = keras.Model(inputs, keras.layers.Dense(4, name="head")(x), name="quarters")
    model.get_layer("stem").kernel.assign(np.abs(model.get_layer("stem").kernel))
    model.get_layer("next").kernel.assign(np.abs(model.get_layer("next").kernel))
    # The head adds up the four channels of each quarter.
    model.get_layer("head").kernel.assign(np.kron(np.eye(4), np.ones((4, 1))))
    return model


def exported(model, path, pictures, **options):
    return to_tflite(
        model, path, "int8", pictures[:60], minimum_agreement=0.0, allow_float=True, **options
    )


def test_a_healthy_file_needs_nothing(network, pictures, tmp_path):
    file = exported(network, tmp_path / "a.tflite", pictures)
    found = diagnose(network, file, pictures)
    assert found.agreement_before >= 0.95 and found.keep_float == []
    assert found.agreement_after is None and found.bytes_after is None
    assert found.advice == "It is good enough: no layer needs to stay in float."
    # All of the examples are used, up to 200.
    assert found.examples == 200
    assert [one.output_snr_db for one in found.layers] == sorted(
        one.output_snr_db for one in found.layers
    )
    assert {"stem", "next", "head"} <= {one.layer for one in found.layers}


@pytest.mark.slow
def test_the_culprit_is_named_and_the_suggestion_mends_it(network, pictures, tmp_path):
    file = exported(widened(network), tmp_path / "a.tflite", pictures)
    found = diagnose(network, file, pictures)
    assert found.agreement_before < 0.8
    assert found.layers[0].layer == "stem"
    assert found.layers[0].channel_spread > 100
    assert found.keep_float == ["stem", "next"]
    # Measured on a file exported anew, and again here.
    assert found.agreement_after >= 0.95 and found.agreement_expected >= 0.95
    mended = exported(network, tmp_path / "b.tflite", pictures, keep_float=found.keep_float)
    assert mended.parity.agreement >= 0.95
    assert found.bytes_after == pytest.approx(mended.path.stat().st_size, abs=64)
    assert found.bytes_before == file.path.stat().st_size
    assert found.advice.startswith("Export it with keep_float=['stem', 'next'].")
    assert str(found).splitlines()[-1] == found.advice


@pytest.mark.slow
def test_ranges_from_training(quantized, int8_artefact, pictures):
    found = diagnose(quantized, int8_artefact, pictures)
    # The float model is the one without fake quantization: close, not equal.
    assert 20 < found.snr_before < 60
    assert found.keep_float == [] or found.agreement_after is None
    asked = diagnose(quantized, int8_artefact, pictures, minimum_agreement=1.0)
    assert asked.bytes_after is None


@pytest.mark.slow
@pytest.mark.parametrize("recipe", ["float16", "dynamic_range", "float32"])
def test_files_with_float_inside(network, pictures, tmp_path, recipe):
    file = to_tflite(network, tmp_path / "a.tflite", recipe, samples=pictures)
    found = diagnose(network, file, pictures)
    assert found.agreement_before >= 0.95 and found.keep_float == []
    least = {"float32": 100, "float16": 60, "dynamic_range": 25}[recipe]
    assert found.snr_before > least


def refused(error, message, *arguments):
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        diagnose(*arguments)


def test_no_tflite_file(network, pictures):
    refused(
        ValueError,
        "Received the artefact 'a_folder'. Expected a .tflite file: a SavedModel computes in float "
        "as the model does, and has nothing to diagnose.",
        network, "a_folder", pictures,
    )  # fmt: skip


def test_no_file_at_all(network, pictures, tmp_path):
    path = tmp_path / "a.tflite"
    refused(
        FileNotFoundError,
        f"There is no .tflite file at {str(path)!r}: check the path.",
        network, path, pictures,
    )  # fmt: skip


def test_data_of_another_shape(network):
    refused(
        ValueError,
        "`data` has examples of shape (8, 8, 3), but the model takes (12, 12, 1). Give an array "
        "(n, …) or a tf.data.Dataset of batches, in the form that the model is fed.",
        network, "a.tflite", np.zeros((4, 8, 8, 3)),
    )  # fmt: skip

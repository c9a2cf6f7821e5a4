"""What a file is, in a few lines."""

import keras
import pytest

from keras_distill.pipeline.describe import describe


def test_a_keras_file(tmp_path):
    model = keras.Sequential(
        [keras.Input((4, 4, 1)), keras.layers.Flatten(), keras.layers.Dense(3)]
    )
    kernel, bias = model.layers[-1].get_weights()
    kernel[:12] = 0.0
    model.layers[-1].set_weights([kernel, bias])
    model.save(tmp_path / "m.keras")
    lines = describe(tmp_path / "m.keras").splitlines()
    assert lines[0].startswith("m.keras: keras, ")
    assert lines[1:] == [
        "images (4, 4, 1) → 3 logits",
        "parameters: 51",
        "MACs: 48",
        "zeros in kernels: 75.0%",
    ]


def test_nothing_there(tmp_path):
    with pytest.raises(FileNotFoundError) as error:
        describe(tmp_path / "m.tflite")
    assert str(error.value) == (
        f"There is no artefact at '{tmp_path / 'm.tflite'}': check the path."
    )

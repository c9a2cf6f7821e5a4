"""What the manifest says of the ends is what the file says."""

from keras_distill.export.proof.signature import file_signature
from keras_distill.predictors.tflite_file import TFLiteFile


def test_of_an_int8_file(int8_artefact):
    found = file_signature(TFLiteFile(int8_artefact.path), {"output": "logits"})
    (given,), (made,) = found["inputs"], found["outputs"]
    assert (given["name"], given["shape"], given["dtype"]) == ("input", [1, 12, 12, 1], "int8")
    assert abs(given["scale"] - 1 / 255) < 1e-6
    assert given["zero_point"] == -128
    assert (made["name"], made["shape"], made["kind"]) == ("output", [1, 4], "logits")


def test_of_a_float_file(float_artefact):
    (given,) = file_signature(TFLiteFile(float_artefact.path), {"output": "x"})["inputs"]
    assert (given["dtype"], given["scale"], given["zero_point"]) == ("float32", None, None)

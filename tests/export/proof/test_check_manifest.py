"""Each thing that a manifest says is compared."""

import pytest

from keras_distill.export.proof.check_manifest import bytes_of, check_manifest
from keras_distill.files import sha256

END = {"name": "x", "shape": [1, 2], "dtype": "int8", "scale": 0.1, "zero_point": -3}


@pytest.fixture
def path(tmp_path):
    (tmp_path / "net.tflite").write_bytes(bytes(1234))
    return tmp_path / "net.tflite"


def page(path, **changed):
    signature = {"inputs": [END | changed], "outputs": []}
    return {"bytes": 1234, "sha256": sha256(path), "signature": signature}


def test_nothing_differs(path):
    ends = {"inputs": [END], "outputs": []}
    assert check_manifest(path, page(path), ends) == []
    # A float32's scale, which JSON may hold with other last digits.
    assert check_manifest(path, page(path, scale=0.1 + 1e-9), ends) == []


@pytest.mark.parametrize(
    "key, told, sentence",
    [
        ("shape", [1, 3], "The shape of its input 'x' is [1, 2], but its manifest says [1, 3]."),
        ("scale", 0.2, "The scale of its input 'x' is 0.1, but its manifest says 0.2."),
        ("scale", None, "The scale of its input 'x' is 0.1, but its manifest says None."),
        ("zero_point", 3, "The zero point of its input 'x' is -3, but its manifest says 3."),
        ("name", "y", "Its inputs are x, but its manifest names y."),
    ],
)
def test_one_thing_differs(key, told, sentence, path):
    ends = {"inputs": [END], "outputs": []}
    assert check_manifest(path, page(path, **{key: told}), ends) == [sentence]


def test_an_empty_manifest(path):
    assert check_manifest(path, {}, {"inputs": [END]}) == [
        "It has 1,234 bytes, but its manifest says None.",
        f"Its SHA-256 is {sha256(path)}, but its manifest says None: it is not the one that was "
        "exported, or was changed since.",
        "Its inputs are x, but its manifest names none.",
    ]


def test_bytes_of_a_folder_are_without_its_manifest(path):
    (path.parent / "manifest.json").write_text("{}")
    assert bytes_of(path.parent) == 1234

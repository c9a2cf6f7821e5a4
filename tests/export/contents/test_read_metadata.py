"""Metadata read back, of any writer."""

import re

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

from keras_distill.export.contents.metadata import embed
from keras_distill.export.contents.read_metadata import read_metadata

GIVEN = {
    "name": "m",
    "version": "2",
    "licence": "CC-BY-4.0",
    "inputs": [
        {"name": "a", "description": "left", "content": "image", "mean": 127.5, "std": [1, 2, 4]},
        {"name": "b", "min": -1, "max": 1},
    ],
    "outputs": [{"name": "output"}],
    "labels": ["x", "y", "z"],
}
NOTHING = dict.fromkeys(["description", "mean", "std", "min", "max"])


@pytest.fixture
def path(tmp_path):
    return tmp_path / "m.tflite"


def test_what_was_embedded_is_read(two_inputs, path):
    path.write_bytes(embed(two_inputs, **GIVEN))
    assert read_metadata(path) == {
        "name": "m",
        "description": None,
        "version": "2",
        "author": None,
        "licence": "CC-BY-4.0",
        "min_parser_version": "1.0.0",
        "inputs": [
            {
                **NOTHING,
                "name": "a",
                "description": "left",
                "content": "image",
                "mean": [127.5],
                "std": [1.0, 2.0, 4.0],
            },
            {**NOTHING, "name": "b", "content": "feature", "min": [-1.0], "max": [1.0]},
        ],
        "outputs": [{**NOTHING, "name": "output", "content": "feature"}],
        "labels": ["x", "y", "z"],
    }


def test_without_metadata(two_inputs, path):
    path.write_bytes(two_inputs)
    assert read_metadata(path) is None


def test_what_tflite_support_populated_is_read(two_inputs, path):
    theirs = pytest.importorskip("tensorflow_lite_support.metadata.python.metadata")
    source = path.with_name("other.tflite")
    source.write_bytes(embed(two_inputs, **GIVEN))
    path.write_bytes(two_inputs)
    populator = theirs.MetadataPopulator.with_model_file(str(path))
    populator.load_metadata_and_associated_files(source.read_bytes())
    populator.populate()
    assert read_metadata(path) == read_metadata(source)


def test_label_names_that_are_missing(two_inputs, path):
    content = embed(two_inputs, **GIVEN)
    path.write_bytes(content[: content.index(b"PK\x03\x04")])
    message = (
        f"The metadata in '{path}' promises label names in 'labels.txt', which cannot be read "
        "from the end of the file (File is not a zip file). Copy the whole file, or export it "
        "again."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        read_metadata(path)


def test_damaged_metadata(two_inputs, path):
    content = embed(two_inputs, **GIVEN)
    path.write_bytes(content.replace(b"M001", b"M999"))
    message = (
        f"The metadata in '{path}' is damaged: it begins with b'M999', not with b'M001'. Export "
        "the model again."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        read_metadata(path)


def test_empty_metadata(file, path):
    graph = file.graph()
    graph.tensor("x", (1, 4))
    graph.ends(["x"], ["x"])
    entry = schema.MetadataT()
    entry.name, entry.buffer = "TFLITE_METADATA", file.buffer(np.zeros(0, "uint8"))
    file.model.metadata.append(entry)
    path.write_bytes(file.content())
    with pytest.raises(ValueError, match="^The metadata in .* is damaged: it begins with b''"):
        read_metadata(path)


def test_labels_of_several_outputs(file, path):
    graph = file.graph()
    graph.tensor("x", (1, 2))
    graph.tensor("y", (1, 2))
    graph.operator("ABS", ["x"], ["y"])
    graph.ends(["x"], ["x", "y"])
    outputs = [{"name": "first/one"}, {"name": "second"}]
    labels = {"first/one": ["a", "b"], "second": ["c", "d"]}
    given = {"name": "m", "inputs": [{"name": "x"}], "outputs": outputs}
    path.write_bytes(embed(file.content(), **given, labels=labels))
    assert read_metadata(path)["labels"] == labels
    path.write_bytes(embed(file.content(), **given, labels={"second": ["c", "d"]}))
    assert read_metadata(path)["labels"] == ["c", "d"]

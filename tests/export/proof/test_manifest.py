"""What the page beside an artefact says."""

import json
import re

import pytest

from keras_distill.export.proof.manifest import checked_labels, write_json
from keras_distill.export.serving.model_ends import End
from keras_distill.files import sha256


def test_page_on_disk(int8_artefact):
    path = int8_artefact.path
    page = json.loads(path.with_name("tiny.tflite.manifest.json").read_text())
    assert page == int8_artefact.manifest
    assert page["made_by"] == "keras_distill.export.to_tflite"
    assert (page["recipe"], page["ranges"]) == ("int8", "training")
    assert page["sha256"] == sha256(path)
    assert page["bytes"] == path.stat().st_size
    assert page["labels"] == ["shirt", "shoe", "bag", "coat"]
    assert page["outputs"] in ("logits", "unknown")
    assert page["parity"]["agreement"] == int8_artefact.parity.agreement
    (given,) = page["signature"]["inputs"]
    assert given["dtype"] == "int8"
    assert given["scale"] == pytest.approx(1 / 255)
    assert given["zero_point"] == -128
    assert 0 <= page["input_range"][0] < 0.01
    assert 0.99 < page["input_range"][1] <= 1
    assert page["versions"]["keras"].startswith("3.")


def test_no_path_of_this_machine(int8_artefact, saved_model_artefact):
    for artefact in (int8_artefact, saved_model_artefact):
        assert str(artefact.path.parent) not in json.dumps(artefact.manifest)


OUTPUTS = (End("kind", "k", (3,), "float32"), End("age", "a", (1,), "float32"))


def test_labels_are_strings():
    assert checked_labels(None, OUTPUTS) is None
    assert checked_labels((1, 2, 3), OUTPUTS[:1]) == ["1", "2", "3"]
    assert checked_labels({"kind": "abc"}, OUTPUTS) == {"kind": ["a", "b", "c"]}


@pytest.mark.parametrize(
    "labels, outputs, message",
    [
        (
            ["a", "b"],
            OUTPUTS[:1],
            "Received 2 labels for a model with 3 outputs. Give one name for each output, in the "
            "order of the outputs.",
        ),
        (
            {"age": ["young", "old"]},
            OUTPUTS,
            "Received 2 labels for a model with 1 outputs in 'age'. Give one name for each output, "
            "in the order of the outputs.",
        ),
        (
            ["a", "b", "c"],
            OUTPUTS,
            "Received a list of labels for a model with 2 outputs. Give a dict from an output's "
            "name (kind, age) to its names.",
        ),
        (
            {"size": ["a"]},
            OUTPUTS,
            "Received labels for 'size'. Expected the name of an output: kind, age.",
        ),
    ],
)
def test_labels_must_be_as_many_as_outputs(labels, outputs, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        checked_labels(labels, outputs)


def test_json_reads_back(tmp_path):
    content = {"a": [1, 2.5], "b": {"c": None}}
    write_json(tmp_path / "x.json", content)
    assert json.loads((tmp_path / "x.json").read_text()) == content

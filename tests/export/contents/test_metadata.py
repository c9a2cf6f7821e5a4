"""Metadata goes in, the model stays as it was."""

import io
import re
import zipfile

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter

from keras_distill.export.contents.metadata import embed
from keras_distill.export.contents.read_metadata import read_metadata

ENDS = {"inputs": [{"name": "input"}], "outputs": [{"name": "output"}]}


def run(content, **inputs):
    interpreter = Interpreter(model_content=content)
    return interpreter.get_signature_runner()(**inputs)


def plain(value):
    """An object tree of the schema as nested lists and dicts."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, list):
        return [plain(one) for one in value]
    return {k: plain(v) for k, v in vars(value).items()} if hasattr(value, "__dict__") else value


def unpacked(content):
    return plain(schema.ModelT.InitFromObj(schema.Model.GetRootAs(content, 0)))


def test_the_rest_of_the_file_stays(float_artefact):
    before = float_artefact.path.read_bytes()
    after = embed(before, name="small", version="1", licence="MIT", **ENDS)
    old, new = unpacked(before), unpacked(after)
    assert new["buffers"].pop()["data"][4:8] == list(b"M001")
    assert new["metadata"].pop() == {"name": b"TFLITE_METADATA", "buffer": len(old["buffers"])}
    assert new == old
    assert b"min_runtime_version" in [entry["name"] for entry in new["metadata"]]
    images = np.random.default_rng(0).uniform(size=(1, 12, 12, 1)).astype("float32")
    np.testing.assert_array_equal(
        run(before, input=images)["output"], run(after, input=images)["output"]
    )


def test_data_lies_at_multiples_of_16_bytes_and_the_file_grows_little(float_artefact):
    before = float_artefact.path.read_bytes()
    after = embed(before, name="small", **ENDS, labels=["a", "b", "c", "d"])
    assert len(after) - len(before) < 700
    model = schema.Model.GetRootAs(after, 0)
    start = np.frombuffer(after, "uint8").ctypes.data
    data = [model.Buffers(i).DataAsNumpy() for i in range(model.BuffersLength())]
    data = [each for each in data if isinstance(each, np.ndarray) and each.size]
    assert len(data) > 5
    assert {(each.ctypes.data - start) % 16 for each in data} == {0}


def test_the_same_arguments_give_the_same_bytes(two_inputs):
    given = {
        "inputs": [{"name": "a"}, {"name": "b"}],
        "outputs": [{"name": "output"}],
        "labels": ["x", "y", "z"],
    }
    once = embed(two_inputs, name="m", **given)
    assert once == embed(two_inputs, name="m", **given)
    # Written over itself it is the same file: nothing piles up.
    assert once == embed(once, name="m", **given)


def test_labels_are_a_zip_that_java_and_cpp_can_map(two_inputs):
    content = embed(
        two_inputs,
        name="m",
        inputs=[{"name": "a"}, {"name": "b"}],
        outputs=[{"name": "output"}],
        labels=["dog", "Katze", "ネコ"],
    )
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        (entry,) = archive.infolist()
        assert archive.read("labels.txt").decode() == "dog\nKatze\nネコ\n"
    # Not compressed: the libraries on the phone read it in place. Offsets count from the
    # file's own beginning.
    assert (entry.filename, entry.compress_type) == ("labels.txt", zipfile.ZIP_STORED)
    assert content[entry.header_offset : entry.header_offset + 4] == b"PK\x03\x04"


def test_order_is_the_files_where_the_names_are_its_signatures(two_inputs, tmp_path):
    (tmp_path / "m.tflite").write_bytes(
        embed(
            two_inputs,
            name="m",
            inputs=[{"name": "b", "description": "right"}, {"name": "a", "description": "left"}],
            outputs=[{"name": "output"}],
        )
    )
    read = read_metadata(tmp_path / "m.tflite")
    assert [one["description"] for one in read["inputs"]] == ["left", "right"]


def test_tflite_support_shows_it(two_inputs, tmp_path):
    theirs = pytest.importorskip("tensorflow_lite_support.metadata.python.metadata")
    (tmp_path / "m.tflite").write_bytes(
        embed(
            two_inputs,
            name="m",
            version="2.1",
            licence="Apache-2.0",
            inputs=[
                {"name": "left", "content": "image", "mean": [1, 2, 3], "std": 0.5, "min": 0},
                {"name": "right"},
            ],
            outputs=[{"name": "sum"}],
            labels=["a", "b", "c"],
        )
    )
    shown = theirs.MetadataDisplayer.with_model_file(str(tmp_path / "m.tflite"))
    text = shown.get_metadata_json()
    for line in ('"color_space": "RGB"', '"license": "Apache-2.0"', '"version": "2.1"'):
        assert line in text
    assert shown.get_associated_file_buffer("labels.txt") == b"a\nb\nc\n"


def refused(sentence, content, **given):
    given = {"inputs": [{"name": "a"}, {"name": "b"}], "outputs": [{"name": "sum"}], **given}
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        embed(content, name="m", **given)


def test_wrong_arguments(two_inputs):
    refused(
        "Expected the bytes of a .tflite file, but received 16 bytes that begin with "
        "b'\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00'. Read them from a file that to_tflite wrote.",
        bytes(16),
    )
    refused(
        "Received metadata of 1 inputs, but the file has 2. Give one dict for each.",
        two_inputs,
        inputs=[{"name": "a"}],
    )
    refused(
        "Received 2 labels for the output 'sum', whose last axis has 3 places. Give one name for "
        "each, in order.",
        two_inputs,
        labels=["x", "y"],
    )
    refused(
        "Received labels for the output 'other', but the outputs are sum. Use one of those names.",
        two_inputs,
        labels={"other": ["x", "y", "z"]},
    )
    refused(
        "The metadata of 'a' has only one of `mean` and `std`. Give both, for (value - mean) / "
        "std, or none.",
        two_inputs,
        inputs=[{"name": "a", "mean": 1.0}, {"name": "b"}],
    )
    refused(
        "Received the metadata {'name': 'a', 'content': 'sound'}. Expected the keys content, "
        "description, max, mean, min, name, std, and 'image' or 'feature' as `content`.",
        two_inputs,
        inputs=[{"name": "a", "content": "sound"}, {"name": "b"}],
    )


@pytest.mark.parametrize("label", ["", "  ", "a\nb", "a\r", "a\u2028b"])
def test_a_label_is_one_line(two_inputs, label):
    refused(
        f"The label {label!r} is not one line of text. Labels are written one a line: give each "
        "a name without line breaks.",
        two_inputs,
        labels=["x", label, "z"],
    )


def test_labels_of_several_outputs_are_given_by_name(file):
    graph = file.graph()
    graph.tensor("x", (1, 4))
    for name in ("one", "two"):
        graph.tensor(name, (1, 2))
    graph.tensor("axis", (), "int32", 1)
    graph.operator("SPLIT", ["axis", "x"], ["one", "two"], _split())
    graph.ends(["x"], ["one", "two"])
    given = {"inputs": [{"name": "x"}], "outputs": [{"name": "one"}, {"name": "two"}]}
    refused(
        "Received one list of labels for 2 outputs. Give a dict from the name of an output (one, "
        "two) to its labels.",
        file.content(),
        labels=["x", "y"],
        **given,
    )
    content = embed(file.content(), name="m", labels={"two": ["x", "y"]}, **given)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.namelist() == ["labels_two.txt"]


def _split():
    options = schema.SplitOptionsT()
    options.numSplits = 2
    return options


def test_a_file_of_more_than_a_flatbuffer_is_refused(file):
    graph = file.graph()
    graph.tensor("x", (1, 4))
    graph.ends(["x"], ["x"])
    file.model.buffers[0].offset, file.model.buffers[0].size = 1 << 32, 4
    content = file.content()
    refused(
        f"The file has {len(content)} bytes or keeps tensors outside its FlatBuffer; metadata "
        "goes into files of at most 1,073,741,824 bytes. Export it without labels, licence and "
        "version, and ship those beside it.",
        content,
    )

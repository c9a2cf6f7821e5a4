"""The bytes of metadata, by hand and by tflite-support's own code."""

import base64
import re

import pytest

from keras_distill.export.contents.metadata_tables import pack_metadata, unpack_metadata

# Worked by hand: the root lies at 16, the identifier, two bytes of padding; the table of slots
# at 10 (6 bytes long, the object 8, `name` 4 behind its start); the object (slots 6 before
# it, the string 4 behind here); the string of length 1, its end, padding.
ONE_NAME = (
    b"\x10\0\0\0M001\0\0" + b"\x06\0\x08\0\x04\0" + b"\x06\0\0\0\x04\0\0\0" + b"\x01\0\0\0m\0\0\0"
)

# Written with the generated classes of tflite-support 0.4.4.
GOLDEN = base64.b64decode(
    """
HAAAAE0wMDEUACAAHAAYABQAEAAMAAgAAAAEABQAAAAcAAAAJAAAACgAAAAsAAAA1AEAANgBAADgAQAABQAAADEu
MC4wAAAAAwAAAE1JVAABAAAAQQAAAAEAAAAQAAAADAAMAAAAAAAIAAQADAAAAAgAAADcAAAAAQAAABgAAAAAABIA
GAAUABAAAAAMAAgAAAAEABIAAAAUAAAAXAAAAHgAAACIAAAAmAAAAAEAAAAQAAAADAAUABAADAALAAQADAAAABAA
AAAAAAACEAAAABgAAAACAAAAZW4AAAUAAABuYW1lcwAAAAoAAABsYWJlbHMudHh0AAABAAAABAAAACj///8MAAAA
AAMGAAgABAAGAAAAAAAAP3j///8MAAAAAAAAAQQABAAEAAAADQAAAG9mIGVhY2ggZGlnaXQAAAALAAAAcHJvYmFi
aWxpdHkAAQAAABQAAAAQABQAEAAAAAAADAAIAAQAEAAAABAAAAAoAAAAbAAAAIAAAADI////CAAAAAwAAAABAAAA
AAAAAAEAAAAAAH9DAQAAAAwAAAAIAAwACwAEAAgAAAAQAAAAAAAAAQgADAAIAAQACAAAAAgAAAAMAAAAAQAAAAAA
AD8BAAAAAAD/QggACgAJAAQACAAAAAwAAAAAAgYACAAHAAYAAAAAAAACBQAAAGltYWdlAAAAAgAAAHYxAAAGAAAA
RGlnaXRzAAAGAAAAZGlnaXRzAAA=
"""
)


def test_one_name_by_hand():
    assert pack_metadata({"name": "m"}) == ONE_NAME
    assert unpack_metadata(ONE_NAME)["name"] == "m"


def test_what_tflite_support_wrote():
    found = unpack_metadata(GOLDEN)
    graph = found.pop("subgraph_metadata")[0]
    assert found == {
        "name": "digits",
        "description": "Digits",
        "version": "v1",
        "author": "A",
        "license": "MIT",
        "associated_files": None,
        "min_parser_version": "1.0.0",
    }
    (image,), (digit,) = graph["input_tensor_metadata"], graph["output_tensor_metadata"]
    assert image["content"] == {"which": 2, "properties": {"color_space": 2}}
    assert image["process_units"] == [{"which": 1, "options": {"mean": [127.5], "std": [0.5]}}]
    assert image["stats"] == {"max": [255.0], "min": [0.0]}
    assert (digit["name"], digit["description"]) == ("probability", "of each digit")
    # A threshold: a member of the union that is not read here.
    assert digit["process_units"] == [{"which": 3, "options": None}]
    assert digit["associated_files"] == [
        {
            "name": "labels.txt",
            "description": "names",
            "type": 2,
            "locale": "en",
            "version": None,
        }
    ]


def test_what_is_packed_comes_back():
    found = unpack_metadata(GOLDEN)
    found["subgraph_metadata"][0]["output_tensor_metadata"][0]["process_units"] = None
    again = unpack_metadata(pack_metadata(found))
    assert again == found


def test_tflite_support_reads_what_is_packed():
    theirs = pytest.importorskip("tensorflow_lite_support.metadata.metadata_schema_py_generated")
    found = unpack_metadata(GOLDEN)
    found["subgraph_metadata"][0]["output_tensor_metadata"][0]["process_units"] = None
    read = theirs.ModelMetadataT.InitFromObj(
        theirs.ModelMetadata.GetRootAs(pack_metadata(found), 0)
    )
    (graph,) = read.subgraphMetadata
    (image,), (digit,) = graph.inputTensorMetadata, graph.outputTensorMetadata
    assert (read.name, read.license, read.minParserVersion) == (b"digits", b"MIT", b"1.0.0")
    assert image.content.contentProperties.colorSpace == theirs.ColorSpaceType.GRAYSCALE
    assert list(image.processUnits[0].options.mean) == [127.5]
    assert list(image.stats.max) == [255.0]
    assert digit.associatedFiles[0].type == theirs.AssociatedFileType.TENSOR_AXIS_LABELS


def test_other_bytes_are_told_apart():
    message = "it begins with b'TFL3', not with b'M001'."
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        unpack_metadata(b"\x10\0\0\0TFL3" + bytes(16))


def test_cut_anywhere_it_is_refused_or_reads_as_far_as_it_goes():
    """Never an endless loop, never another error; the names at the end are lost at once."""
    for length in range(8, len(GOLDEN) - 2):
        with pytest.raises(ValueError):
            unpack_metadata(GOLDEN[:length])


def test_any_damaged_byte_is_refused_or_read():
    for at in range(8, len(GOLDEN)):
        for value in (0x00, 0x7F, 0xFF):
            damaged = bytearray(GOLDEN)
            damaged[at] = value
            try:
                unpack_metadata(bytes(damaged))
            except ValueError:
                continue

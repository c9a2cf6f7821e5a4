import json

import pytest

from keras_distill.compression import CompressionSummary

FACTS = {
    "type": "Dense",
    "done": "",
    "skipped": "no rule",
    "sparsity": 0.25,
    "distinct": 9,
    "bits": 32,
    "bytes": 1234,
    "gzip_bytes": 99,
    "macs": 4321,
}


def test_it_is_a_mapping_and_plain_json():
    summary = CompressionSummary("m", {"head": FACTS})
    assert dict(summary) == {"head": FACTS} and len(summary) == 1
    assert json.loads(json.dumps(summary.to_dict())) == {"head": FACTS}


def test_print():
    assert str(CompressionSummary("m", {"head": FACTS}, ["add"])).splitlines() == [
        "Compression of 'm'",
        "layer  type   done     sparsity  distinct  bits  bytes  gzip   MACs",
        "head   Dense  skipped     25.0%         9    32  1,234    99  4,321",
        "Weights: 1,234 bytes, 99 bytes gzip; MACs: 4,321",
        "Skipped head: no rule.",
        "Skipped add: an operation of the graph that is no layer.",
    ]


def test_long_names_are_shortened_to_120_columns_and_whole_in_the_mapping():
    path = "stage_4_block_16_" * 4 + "depthwise"
    facts = {**FACTS, "skipped": None, "done": "kernel and output int8, zeros kept"}
    facts |= {"type": "BatchNormalization", "bytes": 10**6, "gzip_bytes": 10**6, "macs": 10**8}
    summary = CompressionSummary("m", {path: facts})
    heading, row = str(summary).splitlines()[1:3]
    assert (len(heading), len(row)) == (120, 120)
    assert row.startswith("stage_4_blo…6_depthwise  BatchN…zation  kernel and o… zeros kept  ")
    assert row.endswith("100.0M")
    assert list(summary) == [path] and summary[path]["macs"] == 10**8


@pytest.mark.parametrize(
    "macs, cell", [(0, ""), (9_999, "9,999"), (10_000, "10.0k"), (123_456_789, "123.5M")]
)
def test_macs_are_written_short(macs, cell):
    row = str(CompressionSummary("m", {"head": {**FACTS, "macs": macs}})).splitlines()[2]
    assert row.endswith(f"99  {cell.rjust(max(4, len(cell)))}".rstrip())


def test_macs_that_nobody_knows():
    lines = str(CompressionSummary("m", {"head": {**FACTS, "macs": None}})).splitlines()
    assert lines[2].endswith("1,234    99     ?")
    assert lines[3] == "Weights: 1,234 bytes, 99 bytes gzip; MACs: 0, those marked ? left out"

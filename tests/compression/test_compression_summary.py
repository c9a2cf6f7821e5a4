import json

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
}


def test_it_is_a_mapping_and_plain_json():
    summary = CompressionSummary("m", {"head": FACTS})
    assert dict(summary) == {"head": FACTS} and len(summary) == 1
    assert json.loads(json.dumps(summary.to_dict())) == {"head": FACTS}


def test_print():
    assert str(CompressionSummary("m", {"head": FACTS}, ["add"])).splitlines() == [
        "Compression of 'm'",
        "layer  type   done     sparsity  distinct  bits  bytes  gzip",
        "head   Dense  skipped     25.0%         9    32  1,234    99",
        "Weights: 1,234 bytes, 99 bytes gzip",
        "Skipped head: no rule.",
        "Skipped add: an operation of the graph that is no layer.",
    ]

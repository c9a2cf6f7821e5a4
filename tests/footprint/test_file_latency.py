"""Plain values of a row, worked by hand."""

import json

import pytest

from keras_distill.footprint import FileKernels, FileLatency, Latency, PairedRatio


def row(name="student", threads=1, scale=1.0, **facts):
    """A row of six rounds of two calls: 1 and 2 milliseconds times `scale`."""
    rounds = [[0.001 * scale, 0.002 * scale]] * 6
    known = {
        "path": f"{name}.tflite",
        "latency": Latency.of([s for each in rounds for s in each]),
        "calls_per_second": 1000 / (1.5 * scale),
        "ratio": None,
        "bytes": 4096,
        "gzip_bytes": 2048,
        "kernels": FileKernels(1000, 0, "float32"),
        "rounds": rounds,
    }
    return FileLatency(name=name, threads=threads, **{**known, **facts})


def test_to_dict():
    pair = PairedRatio(0.5, 0.4, 0.6)
    known = row(ratio=pair, load_ms=7.0, peak_memory=2**20, first_call_ms=3.0, xnnpack=True)
    found = json.loads(json.dumps(known.to_dict()))
    assert found == {
        "name": "student",
        "path": "student.tflite",
        "threads": 1,
        "latency_ms_p50": pytest.approx(1.5),
        "latency_ms_p90": pytest.approx(2.0),
        "latency_ms_p99": pytest.approx(2.0),
        "calls_per_second": pytest.approx(666.667),
        "ratio": 0.5,
        "ratio_interval": [0.4, 0.6],
        "load_ms": 7.0,
        "first_call_ms": 3.0,
        "peak_memory_bytes": 2**20,
        "xnnpack": True,
        "bytes": 4096,
        "gzip_bytes": 2048,
        "zeros": 0.0,
        "rounds_ms": [[1.0, 2.0]] * 6,
    }


def test_what_was_not_measured_is_null():
    found = row().to_dict()
    assert [found[key] for key in ("ratio", "ratio_interval", "load_ms", "xnnpack")] == [None] * 4
    assert row(ratio=PairedRatio(1.0, None, None)).to_dict()["ratio_interval"] is None


def test_ratio_to_another_row():
    assert row(scale=3).ratio_to(row(scale=1.5)).ratio == pytest.approx(2.0)

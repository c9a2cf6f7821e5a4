"""What is said of zeros, word for word, and when."""

import json

import numpy as np
import pytest

from keras_distill.footprint import FileKernels, FileLatency, Latency, LatencyReport
from keras_distill.footprint.latency_report import PACKED


def row(name, threads=1, milliseconds=1.0, spread=0.0, rounds=20, gzip_bytes=2000, **facts):
    """A row whose rounds take so long, some a share `spread` more and some as much less."""
    factors = np.linspace(1 - spread, 1 + spread, rounds)
    blocks = [[0.001 * milliseconds * float(factor)] for factor in factors]
    known = {
        "path": f"{name}.tflite",
        "latency": Latency.of(np.concatenate(blocks)),
        "calls_per_second": 1000 / milliseconds,
        "ratio": None,
        "bytes": 4096,
        "kernels": FileKernels(1000, 0, "float32"),
        "rounds": blocks,
        "xnnpack": True,
    }
    return FileLatency(name=name, threads=threads, gzip_bytes=gzip_bytes, **{**known, **facts})


def said_of(rows):
    return LatencyReport(rows, runs=20, warmup=0, seed=0).sentences()


SPARSE = {"gzip_bytes": 740, "kernels": FileKernels(1000, 750, "float32")}


def test_latency_that_did_not_fall():
    rows = [row("dense"), row("pruned", spread=0.1, **SPARSE)]
    assert said_of(rows) == [
        "'pruned': 75 % of the kernel values are zero: the download (gzip) is 63 % smaller than "
        "that of 'dense'; latency did not fall on 1 thread (ratio 1.00 [0.95, 1.05]).",
        PACKED,
    ]


def test_latency_that_fell_is_not_explained_away():
    rows = [row("dense"), row("pruned", milliseconds=0.5, spread=0.1, **SPARSE)]
    assert said_of(rows) == [
        "'pruned': 75 % of the kernel values are zero: the download (gzip) is 63 % smaller than "
        "that of 'dense'; latency fell on 1 thread (ratio 0.50 [0.48, 0.52])."
    ]


def test_each_number_of_threads_is_compared_with_its_own():
    rows = [row("dense"), row("pruned", **SPARSE)]
    rows += [row("dense", 2, 8.0), row("pruned", 2, 4.0, **SPARSE)]
    sentence, why = said_of(rows)
    assert sentence.endswith(
        "latency did not fall on 1 thread (ratio 1.00 [1.00, 1.00]), fell on 2 threads (ratio "
        "0.50 [0.50, 0.50])."
    )
    assert why == PACKED


def test_too_few_rounds_say_nothing():
    rows = [row("dense", rounds=5), row("pruned", rounds=5, milliseconds=0.5, **SPARSE)]
    assert (
        LatencyReport(rows)
        .sentences()[0]
        .endswith("latency was measured in too few rounds to say on 1 thread (ratio 0.50).")
    )


@pytest.mark.parametrize(
    "other",
    [
        row("int8", kernels=FileKernels(1000, 20, "int8")),
        row("wider", kernels=FileKernels(4000, 0, "float32")),
        row("pruned too", **SPARSE),
    ],
    ids=lambda other: other.name,
)
def test_compared_with_the_same_model_without_zeros_or_not_at_all(other):
    said = said_of([other, row("pruned", **SPARSE)])
    assert said[-1] == (
        "'pruned': 75 % of the kernel values are zero. Give the same model without zeros too, to "
        "see what they bring."
    )


def test_dense_files_need_no_words():
    rows = [row("dense"), row("int8", kernels=FileKernels(1000, 60, "int8"))]
    assert said_of(rows) == []


def test_without_xnnpack():
    assert said_of([row("plain", xnnpack=False)]) == [
        "'plain' runs without XNNPACK: no operator of it is taken."
    ]


def test_to_dict_is_json():
    rows = [row("dense"), row("pruned", **SPARSE)]
    report = LatencyReport(rows, runs=20, warmup=3, seed=7)
    found = json.loads(json.dumps(report.to_dict()))
    assert [each["name"] for each in found["rows"]] == ["dense", "pruned"]
    assert (found["runs"], found["warmup"], found["seed"]) == (20, 3, 7)
    assert found["compared_with"] == "dense" and found["sentences"] == report.sentences()
    assert found["machine"]["cores"] >= 1 and found["machine"]["ai_edge_litert"][0].isdigit()

"""Whole measurements of real files: who is faster, what is compared, what is refused."""

import re

import numpy as np
import pytest

from keras_distill import footprint
from keras_distill.footprint import compare_latency


@pytest.fixture(scope="module")
def report(files):
    """One measurement for all tests: the last is the first file again."""
    named = {"heavy": files["heavy"], "dense": files["dense"], "again": files["heavy"]}
    return compare_latency(named, threads=(1, 2), runs=47, loads=1)


def test_rows_in_the_order_given(report):
    assert [(row.name, row.threads) for row in report.rows] == [
        (name, threads) for threads in (1, 2) for name in ("heavy", "dense", "again")
    ]


def test_every_run_counts_once(report):
    for row in report.rows:
        assert sorted(map(len, row.rounds)) == [2] * 13 + [3] * 7
        seconds = np.concatenate(row.rounds)
        assert 1000 * np.median(seconds) == row.latency.p50 <= row.latency.p90 <= row.latency.p99
        assert row.calls_per_second == pytest.approx(47 / seconds.sum())


def test_156_times_the_work_takes_longer_and_the_same_file_as_long(report):
    heavy, dense, again = report.rows[:3]
    assert heavy.ratio is None
    assert dense.ratio == dense.ratio_to(heavy)
    assert dense.ratio.high < 0.5
    # The interval itself misses 1 once in twenty times.
    assert 0.67 < again.ratio.ratio < 1.5


def test_memory_and_sizes_are_the_files_own(report, files):
    heavy, dense, again = report.rows[:3]
    # The kernel of 64 × 20,000 floats is mapped, and packed once more.
    assert heavy.peak_memory - dense.peak_memory > 5_000_000
    assert (heavy.bytes, heavy.gzip_bytes) == footprint.file_bytes(files["heavy"])
    assert heavy.kernels.values == 64 * 20_000 and heavy.xnnpack
    assert again.path == str(files["heavy"])


def test_files_with_other_inputs_each_get_their_own(files):
    names = ("dense", "two_inputs", "int8", "batch_of_4")
    report = compare_latency([files[name] for name in names], runs=1, warmup=0, loads=0)
    assert [row.name for row in report.rows] == list(names)
    assert all(row.rounds[0][0] > 0 and row.load_ms is None for row in report.rows)


def test_one_path_and_real_inputs(files):
    report = compare_latency(
        files["int8"], threads=1, runs=3, loads=0, inputs=np.zeros((2, 8, 8, 1))
    )
    assert len(report.rows) == 1


@pytest.mark.parametrize("names", [["wide", "flex"], ["flex"]])
def test_the_file_that_is_wrong_is_named(files, names):
    with pytest.raises(ValueError, match=f"^{re.escape(repr(str(files['flex'])))} needs"):
        compare_latency([files[name] for name in names], runs=1, loads=0)


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        ({"runs": 0}, "`runs` must be a whole number of at least 1. Received: 0."),
        ({"warmup": -1}, "`warmup` must be a whole number of at least 0. Received: -1."),
        ({"loads": 0.5}, "`loads` must be a whole number of at least 0. Received: 0.5."),
        (
            {"threads": (1, 0)},
            "`threads` needs whole numbers of at least 1, none of them twice, such as (1, 2). "
            "Received: [1, 0].",
        ),
        (
            {"threads": ()},
            "`threads` needs whole numbers of at least 1, none of them twice, such as (1, 2). "
            "Received: [].",
        ),
        (
            {"threads": (2, 2)},
            "`threads` needs whole numbers of at least 1, none of them twice, such as (1, 2). "
            "Received: [2, 2].",
        ),
        (
            {"files": []},
            "There is no file to measure. Expected at least one .tflite file.",
        ),
    ],
)
def test_wrong_arguments(files, arguments, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        compare_latency(**{"files": [files["dense"]], **arguments})


def test_two_of_one_name(files, tmp_path):
    other = tmp_path / "dense.tflite"
    other.write_bytes(files["sparse"].read_bytes())
    sentence = (
        "Two files are called 'dense', and a table needs one name for each. Give a dict of name → "
        "path (on the command line: NAME=PATH)."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        compare_latency([files["dense"], other])

"""The table shows the rows' own numbers, and no column that no row fills."""

from keras_distill.footprint import FileKernels, FileLatency, Latency, LatencyReport, PairedRatio
from keras_distill.footprint.latency_table import latency_table


def row(name, threads, **facts):
    known = {
        "path": f"{name}.tflite",
        "latency": Latency(0.51234, 12.3456, 99.9),
        "calls_per_second": 1234.5,
        "ratio": None,
        "bytes": 1024 * 1024,
        "gzip_bytes": 512,
        "kernels": FileKernels(1000, 718, "float32"),
        "rounds": [[0.001]] * 6,
    }
    return FileLatency(name=name, threads=threads, **{**known, **facts})


def test_numbers():
    pair = PairedRatio(0.8, 0.75, 0.86)
    rows = [
        row("a", 1, load_ms=7.25, first_call_ms=0.5, peak_memory=3 * 2**20),
        row("[b]", 1, ratio=pair),
        row("a", 2),
    ]
    text = latency_table(LatencyReport(rows, runs=100, warmup=0, seed=0))
    lines = [line.split() for line in text.splitlines()]
    shared = ["0.512", "12.3", "99.9", "1,234"]
    sizes = ["1,024.0", "0.5", "71.8%"]
    assert ["a", "1", *shared, "–", "7.250", "0.500", "3.0", *sizes] in lines
    assert ["[b]", "1", *shared, "0.80", "[0.75,", "0.86]", "–", "–", "–", *sizes] in lines
    assert "100 of each, in 6 rounds of turns" in text
    # A line between one thread and two.
    numbered = [line[:2] for line in lines]
    assert numbered.index(["a", "2"]) - numbered.index(["[b]", "1"]) == 2


def test_what_no_row_has_is_no_column():
    text = latency_table(LatencyReport([row("a", 1)], runs=100, warmup=0, seed=0))
    head = text.partition("─")[0]
    assert "ratio" not in head and "load" not in head and "peak" not in head
    assert "p50" in head

"""What a comparison of .tflite files found: rows, sentences, a table."""

import importlib.metadata
import os
import pathlib
import platform

# Rounding alone makes a few per cent of a dense int8 file's kernels zero.
SPARSE = 0.25
PACKED = (
    "XNNPACK multiplies a zero like any other value, except in float networks of 1x1 convolutions "
    "whose kernels are stored packed, and these need not be faster either: what zeros bring is the "
    "smaller download."
)


class LatencyReport:
    """Rows of `kd.footprint.compare_latency`, and what they say about zeros.

    Args:
        rows: `FileLatency` objects, all files on the first number of threads, then all on the
            next.
        runs: Inferences of each that counted.
        warmup: Inferences of each that did not.
        seed: Of the orders and generated inputs.

    Example:

    ```python
    row = kd.footprint.FileLatency(
        "student", "student.tflite", threads=1, latency=kd.footprint.Latency(2.0, 2.0, 2.0),
        calls_per_second=500.0, ratio=None, bytes=4096, gzip_bytes=2048,
        kernels=kd.footprint.FileKernels(1000, 0, "float32"), rounds=[[0.002]] * 6)
    report = kd.footprint.LatencyReport([row], runs=6, warmup=0, seed=0)
    assert report.sentences() == [] and "student" in str(report)
    ```
    """

    def __init__(self, rows, runs, warmup, seed):
        self.rows = list(rows)
        self.runs = runs
        self.warmup = warmup
        self.seed = seed
        self.machine = machine()

    def to_dict(self):
        """Plain values for JSON: the machine, the settings, the rows, the sentences."""
        return {
            "machine": self.machine,
            "runs": self.runs,
            "warmup": self.warmup,
            "seed": self.seed,
            "compared_with": self.rows[0].name,
            "rows": [row.to_dict() for row in self.rows],
            "sentences": self.sentences(),
        }

    def sentences(self):
        """What is said in words: of zeros, and of files that XNNPACK takes nothing of."""
        said = self.about_zeros()
        for rows in self._by_file():
            if rows[0].kernels.sparsity >= SPARSE and self._dense_twin(rows[0]) is None:
                said.append(
                    f"{_zeros(rows[0])}. Give the same model without zeros too, to see what "
                    "they bring."
                )
            if rows[0].xnnpack is False:
                said.append(f"{rows[0].name!r} runs without XNNPACK: no operator of it is taken.")
        return said

    def about_zeros(self):
        """Of each sparse file whose dense twin is here: what its zeros bring, and what not."""
        said, fell = [], True
        for rows in self._by_file():
            dense = self._dense_twin(rows[0])
            if rows[0].kernels.sparsity < SPARSE or dense is None:
                continue
            less = 1 - rows[0].gzip_bytes / dense[0].gzip_bytes
            pairs = [row.ratio_to(other) for row, other in zip(rows, dense, strict=True)]
            verdicts = [_verdict(row.threads, pair) for row, pair in zip(rows, pairs, strict=True)]
            fell = fell and all(pair.high is not None and pair.high < 1 for pair in pairs)
            said.append(
                f"{_zeros(rows[0])}: the download (gzip) is {_percent(abs(less))} "
                f"{'smaller' if less >= 0 else 'larger'} than that of {dense[0].name!r}; latency "
                f"{', '.join(verdicts)}."
            )
        return said if fell else [*said, PACKED]

    def __str__(self):
        from keras_distill.footprint.latency_table import latency_table

        return latency_table(self)

    __repr__ = __str__

    def _by_file(self):
        files = {}
        for row in self.rows:
            files.setdefault(row.name, []).append(row)
        return list(files.values())

    def _dense_twin(self, row):
        """Rows of the first file with as many kernel values of one dtype, without the zeros."""
        for rows in self._by_file():
            same = (rows[0].kernels.values, rows[0].kernels.dtype) == (
                row.kernels.values,
                row.kernels.dtype,
            )
            if same and rows[0].kernels.sparsity < SPARSE:
                return rows
        return None


def machine():
    """Where and with what it was measured."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "ai_edge_litert": importlib.metadata.version("ai-edge-litert"),
    }


def _processor():
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def _zeros(row):
    return f"{row.name!r}: {_percent(row.kernels.sparsity)} of the kernel values are zero"


def _verdict(threads, pair):
    where = f"on {threads} {'thread' if threads == 1 else 'threads'} (ratio {pair})"
    if pair.low is None:
        return f"was measured in too few rounds to say {where}"
    return f"{'fell' if pair.high < 1 else 'did not fall'} {where}"


def _percent(share):
    return f"{100 * share:.1f} %".replace(".0 %", " %")

"""What a comparison of .tflite files found: rows, sentences, a table."""

import importlib.metadata
import os
import pathlib
import platform

# Rounding alone makes a few per cent of a dense int8 file's kernels zero.
SPARSE = 0.25
PACKED = (
    "XNNPACK multiplies a zero like any other value, unless the kernels of a float 1x1 convolution "
    "network are stored packed; a smaller download is what zeros are good for."
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
        """What is said in words: of every sparse file, what its zeros bring and what not."""
        said = []
        sparse = [rows for rows in self._by_file() if rows[0].kernels.sparsity >= SPARSE]
        fell = [self._of_sparse(rows, said) for rows in sparse]
        if not all(fell):
            said.append(PACKED)
        for rows in self._by_file():
            if rows[0].xnnpack is False:
                said.append(f"{rows[0].name!r} runs without XNNPACK: no operator of it is taken.")
        return said

    def __str__(self):
        from keras_distill.footprint.latency_table import latency_table

        return latency_table(self)

    __repr__ = __str__

    def _by_file(self):
        files = {}
        for row in self.rows:
            files.setdefault(row.name, []).append(row)
        return list(files.values())

    def _of_sparse(self, rows, said):
        """Adds the sentence of one sparse file; whether its latency fell, on every count."""
        one = rows[0]
        zeros = f"{one.name!r}: {_percent(one.kernels.sparsity)} of the kernel values are zero"
        dense = next((each for each in self._by_file() if _twins(each[0], one)), None)
        if dense is None:
            said.append(f"{zeros}. Give the same model without zeros too, to see what they bring.")
            return True
        less = 1 - one.gzip_bytes / dense[0].gzip_bytes
        size = f"{_percent(abs(less))} {'smaller' if less >= 0 else 'larger'}"
        verdicts = [
            _verdict(row.threads, row.ratio_to(other))
            for row, other in zip(rows, dense, strict=True)
        ]
        said.append(
            f"{zeros}: the download (gzip) is {size} than that of {dense[0].name!r}; latency "
            f"{', '.join(verdicts)}."
        )
        return all(verdict.startswith("fell") for verdict in verdicts)


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


def _twins(dense, sparse):
    """Whether two files hold as many kernel values of one dtype, the first without the zeros."""
    mine, others = sparse.kernels, dense.kernels
    same = (mine.values, mine.dtype) == (others.values, others.dtype)
    return same and others.sparsity < SPARSE


def _verdict(threads, pair):
    where = f"on {threads} {'thread' if threads == 1 else 'threads'} (ratio {pair})"
    if pair.low is None:
        return f"was measured in too few rounds to say {where}"
    return f"{'fell' if pair.high < 1 else 'did not fall'} {where}"


def _percent(share):
    return f"{100 * share:.1f} %".replace(".0 %", " %")

"""What one .tflite file costs on so many threads."""

import dataclasses

from keras_distill.footprint.file_kernels import FileKernels
from keras_distill.footprint.latency import Latency
from keras_distill.footprint.paired_ratio import PairedRatio


@dataclasses.dataclass(frozen=True)
class FileLatency:
    """A row of a `kd.footprint.LatencyReport`.

    Args:
        name: What the file is called in tables.
        path: Where it lies.
        threads: How many threads LiteRT had.
        latency: `Latency` of one inference: `invoke` alone, as a phone's app calls it; handing
            over inputs and reading outputs are not counted.
        calls_per_second: Throughput, one inference after another.
        ratio: `PairedRatio` to the first file on as many threads; None for the first itself.
        bytes: The file's size.
        gzip_bytes: The same as app stores deliver it.
        kernels: `FileKernels`, with the share of zeros.
        rounds: Seconds of every counted call, a list for each round; what all else is
            computed from.
        load_ms: Opening and allocating in a fresh process, median of several; the file is in
            the system's cache. None where it was not measured, like the next three.
        first_call_ms: The first inference in that process.
        peak_memory: Bytes by which the resident memory of that process rose at its highest
            (`VmHWM` after two inferences, minus `VmRSS` before opening; LiteRT and NumPy are
            imported before). The inputs, the pages of the file, and those of LiteRT's own code
            that are touched for the first time are in it. Linux only.
        xnnpack: Whether XNNPACK took operators of the file.

    Example:

    ```python
    row = kd.footprint.FileLatency(
        "student", "student.tflite", threads=1, latency=kd.footprint.Latency(2.0, 2.0, 2.0),
        calls_per_second=500.0, ratio=None, bytes=4096, gzip_bytes=2048,
        kernels=kd.footprint.FileKernels(1000, 0, "float32"), rounds=[[0.002]] * 6)
    assert row.to_dict()["latency_ms_p50"] == 2.0
    ```
    """

    name: str
    path: str
    threads: int
    latency: Latency
    calls_per_second: float
    ratio: PairedRatio | None
    bytes: int
    gzip_bytes: int
    kernels: FileKernels
    rounds: list = dataclasses.field(repr=False)
    load_ms: float | None = None
    first_call_ms: float | None = None
    peak_memory: int | None = None
    xnnpack: bool | None = None

    def ratio_to(self, other):
        """`PairedRatio` of this row's time to another row's of the same report."""
        return PairedRatio.of(self.rounds, other.rounds)

    def to_dict(self):
        """Plain values for JSON, in milliseconds and bytes."""
        pair = self.ratio
        return {
            "name": self.name,
            "path": self.path,
            "threads": self.threads,
            **{f"latency_ms_{k}": v for k, v in dataclasses.asdict(self.latency).items()},
            "calls_per_second": self.calls_per_second,
            "ratio": None if pair is None else pair.ratio,
            "ratio_interval": None if pair is None or pair.low is None else [pair.low, pair.high],
            "load_ms": self.load_ms,
            "first_call_ms": self.first_call_ms,
            "peak_memory_bytes": self.peak_memory,
            "xnnpack": self.xnnpack,
            "bytes": self.bytes,
            "gzip_bytes": self.gzip_bytes,
            "zeros": self.kernels.sparsity,
            "rounds_ms": [[1000 * seconds for seconds in each] for each in self.rounds],
        }

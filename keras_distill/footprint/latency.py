"""How long one prediction takes."""

import dataclasses
import time

import numpy as np


@dataclasses.dataclass(frozen=True)
class Latency:
    """Percentiles of the time of one call, in milliseconds.

    Args:
        p50: The median.
        p90: Nine of ten calls took at most this.
        p99: Ninety-nine of a hundred calls took at most this.

    Example:

    ```python
    assert kd.footprint.Latency.of([0.001, 0.002, 0.003]).p50 == 2.0
    ```
    """

    p50: float
    p90: float
    p99: float

    @classmethod
    def of(cls, seconds):
        """From the seconds that each call took."""
        milliseconds = 1000 * np.percentile(seconds, (50, 90, 99))
        return cls(*(float(value) for value in milliseconds))


def latency(predict, images, runs=100, warmup=10):
    """Times single-image calls of anything that predicts, one after another.

    On this machine and nothing else: compare figures of one run on one machine. For `.tflite`
    files use `kd.footprint.compare_latency`: this one times the Python around them too.

    Args:
        predict: A callable from a batch of one image to outputs, such as
            `kd.predictors.load("student.keras").predict`.
        images: Images to take in turn, `(n, …)`, n at least 1.
        runs: Calls that count, at least 1. Defaults to 100.
        warmup: Calls before, that do not. Defaults to 10.

    Returns:
        A `Latency`.

    Raises:
        ValueError: There are no images or no runs.

    Example:

    ```python
    timed = kd.footprint.latency(lambda x: x.sum(), np.zeros((1, 8, 8, 1)), runs=20)
    assert 0 < timed.p50 <= timed.p90 <= timed.p99
    ```
    """
    images = np.asarray(images)
    if len(images) == 0 or runs < 1:
        raise ValueError(
            "`latency` needs at least one image and one run. Received: "
            f"{len(images)} images, runs={runs}."
        )
    seconds = []
    for i in range(warmup + runs):
        image = images[i % len(images) :][:1]
        began = time.perf_counter()
        predict(image)
        seconds.append(time.perf_counter() - began)
    return Latency.of(seconds[warmup:])

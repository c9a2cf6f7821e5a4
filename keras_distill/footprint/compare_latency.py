"""How long .tflite files take, side by side."""

import os
import pathlib

import numpy as np

from keras_distill.footprint.file_bytes import file_bytes
from keras_distill.footprint.file_kernels import file_kernels
from keras_distill.footprint.file_latency import FileLatency
from keras_distill.footprint.latency import Latency
from keras_distill.footprint.latency_report import LatencyReport
from keras_distill.footprint.litert_process import checked, litert_process
from keras_distill.footprint.paired_ratio import PairedRatio

ROUNDS = 20


def compare_latency(
    files, threads=(1,), runs=100, warmup=10, seed=0, inputs=None, loads=3, timeout=3600
):
    """Measures what `.tflite` files cost in LiteRT with XNNPACK: time, memory, bytes.

    In one process of its own, without TensorFlow, the files take turns: 20 rounds (fewer if
    `runs` is less), in each of which every file, on every number of threads, has one turn of
    calls, in an order drawn anew. What slows the machine for a moment slows all of them, and
    the ratio to the first file is taken within rounds (`kd.footprint.PairedRatio`). At the
    start of a turn 2 ms of calls are not counted: the file before left the caches to find.
    Opening and memory are measured in fresh processes, one file in each.

    The figures are this machine's. On a phone: `export/android/benchmark.md`.

    Args:
        files: Paths, named after their files, or `{name: path}`. The first is the one that
            others are compared with. One file under two names shows what noise is left.
        threads: Numbers of threads. Defaults to one.
        runs: Inferences of each file that count. Defaults to 100.
        warmup: Inferences of each before, that do not. Defaults to 10.
        seed: Of the orders and of generated inputs. Defaults to 0.
        inputs: Real inputs, the same for every file: an array `(n, …)` of n examples, taken in
            turn, or `{name: array}` for files with several inputs (names of the signature or
            of the tensors). Quantized with the file's own scale where it takes integers.
            Defaults to generated ones: numbers in [0, 1), all of a byte, indices 0 and 1.
            A batch of any size is a batch of one; so are other axes of unknown length.
        loads: Fresh processes for each file and number of threads. 0 leaves out load time,
            peak memory and the first inference. Defaults to 3.
        timeout: Seconds after which a process is stopped. Defaults to an hour.

    Returns:
        A `kd.footprint.LatencyReport`: a table when printed, `to_dict()` for JSON.

    Raises:
        FileNotFoundError: There is no file at one of the paths.
        ValueError: No file or two of one name; one is not a `.tflite` file, is damaged or needs
            Flex operators; `runs`, `threads` or `warmup` is too small; inputs do not fit.

    Example:

    ```python
    model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(4)])
    file = kd.export.to_tflite(model, "student.tflite")
    report = kd.footprint.compare_latency([file], runs=20, loads=1)
    print(report)
    assert 0 < report.rows[0].latency.p50 <= report.rows[0].latency.p99
    ```
    """
    named = _named(files)
    threads = _counts(threads)
    _at_least("runs", runs, 1)
    _at_least("warmup", warmup, 0)
    _at_least("loads", loads, 0)
    opened = {
        (name, n): [
            litert_process("load", [path], inputs, timeout, threads=n, seed=seed)
            for _ in range(loads)
        ]
        for n in threads
        for name, path in named.items()
    }
    number = min(runs, ROUNDS)
    answer = litert_process(
        "turns",
        list(named.values()),
        inputs,
        timeout,
        threads=threads,
        # Blocks that differ by one call at most and add up to `runs`.
        blocks=[(i + 1) * runs // number - i * runs // number for i in range(number)],
        warmup=warmup,
        seed=seed,
    )
    # The child answers in this order too.
    rounds = dict(zip(opened, answer["seconds"], strict=True))
    first = next(iter(named))
    sizes = {name: (*file_bytes(path), file_kernels(path)) for name, path in named.items()}
    rows = [
        FileLatency(
            name,
            str(named[name]),
            n,
            Latency.of(np.concatenate(taken)),
            float(1 / np.mean(np.concatenate(taken))),
            None if name == first else PairedRatio.of(taken, rounds[first, n]),
            *sizes[name],
            taken,
            **_medians(opened[name, n]),
        )
        for (name, n), taken in rounds.items()
    ]
    return LatencyReport(rows, runs=runs, warmup=warmup, seed=seed)


def _medians(answers):
    if not answers:
        return {}
    found = {"xnnpack": answers[0]["xnnpack"]}
    for key in ("load_ms", "first_call_ms", "peak_memory"):
        values = [each[key] for each in answers]
        found[key] = None if None in values else float(np.median(values))
    return found


def _named(files):
    if isinstance(files, str | os.PathLike):
        files = [files]
    if not isinstance(files, dict):
        named = {}
        for path in map(pathlib.Path, files):
            if path.stem in named:
                raise ValueError(
                    f"Two files are called {path.stem!r}, and a table needs one name for each. "
                    "Give a dict of name → path (on the command line: NAME=PATH)."
                )
            named[path.stem] = path
        files = named
    if not files:
        raise ValueError("There is no file to measure. Expected at least one .tflite file.")
    return {name: checked(path) for name, path in files.items()}


def _counts(threads):
    threads = [threads] if isinstance(threads, int) else list(threads)
    right = threads and all(isinstance(n, int) and n >= 1 for n in threads)
    if not right or len(set(threads)) < len(threads):
        raise ValueError(
            "`threads` needs whole numbers of at least 1, none of them twice, such as (1, 2). "
            f"Received: {threads}."
        )
    return threads


def _at_least(name, value, least):
    if not isinstance(value, int) or value < least:
        raise ValueError(
            f"`{name}` must be a whole number of at least {least}. Received: {value!r}."
        )

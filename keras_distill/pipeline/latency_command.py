"""`latency`: what .tflite files cost on this machine."""

import json
import pathlib
from typing import Annotated

import typer


def latency(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE...", help=".tflite files; NAME=PATH names one.")
    ],
    threads: Annotated[str, typer.Option(help="Numbers of threads, commas between.")] = "1",
    runs: Annotated[int, typer.Option(help="Inferences of each file that count.")] = 100,
    warmup: Annotated[int, typer.Option(help="Inferences before, that do not.")] = 10,
    seed: Annotated[int, typer.Option(help="Of the order of turns and of the inputs.")] = 0,
    json_file: Annotated[
        pathlib.Path | None,
        typer.Option("--json", metavar="FILE", help="Write every figure there as well."),
    ] = None,
):
    """Latency, throughput, memory, load time and size of .tflite files, side by side.

    LiteRT with XNNPACK, a batch of one, generated inputs. The files take turns in an order drawn
    anew each round, so that a busy machine slows all of them; the ratio is to the first file.

    ratio 0.80 [0.75, 0.86]: takes 0.80 times as long; the machine's noise leaves 0.75 to 0.86.
    With 1 inside the brackets the two are not told apart: take more --runs.

    What a file costs on a phone, measure there: export/android/benchmark.md.

    Example: keras-distill latency teacher.tflite student.tflite student.int8.tflite --threads 1,2
    """
    from keras_distill import footprint
    from keras_distill.files.atomic_path import atomic_path
    from keras_distill.pipeline.named_paths import named_paths

    report = footprint.compare_latency(
        named_paths(files), threads=_numbers(threads), runs=runs, warmup=warmup, seed=seed
    )
    print(report)
    if json_file is not None:
        text = json.dumps(report.to_dict(), indent=1, ensure_ascii=False)
        with atomic_path(json_file) as path:
            path.write_text(text, encoding="utf-8")


def _numbers(text):
    try:
        return [int(number) for number in text.split(",")]
    except ValueError:
        raise ValueError(
            f"--threads takes whole numbers with commas between, such as 1,2. Received: {text!r}."
        ) from None

"""`evaluate`, `report` and `compare`: what models stand."""

import enum
import pathlib
import shutil
import sys
from typing import Annotated

import typer

from keras_distill.corruptions.names import SUITES
from keras_distill.pipeline.named_paths import named_paths
from keras_distill.pipeline.terminal_table import print_table

_CELLS = "cells"


class Format(enum.StrEnum):
    """How `compare` writes its table."""

    markdown = "markdown"
    latex = "latex"


def evaluate(
    models: Annotated[
        list[str],
        typer.Argument(
            metavar="MODEL...", help=".keras, .tflite or SavedModel; NAME=PATH names it."
        ),
    ],
    data: Annotated[
        str, typer.Option(help="A data set's name or a folder of pictures.")
    ] = "fashion_mnist",
    data_dir: Annotated[
        str | None, typer.Option(help="Where TensorFlow Datasets prepared its sets.")
    ] = None,
    corruptions: Annotated[
        str,
        typer.Option(
            help="A suite (imagenet_c, imagenet_c_extra, mnist_c, missing, quick), names with "
            "commas between, none, or a published set: cifar10_corrupted, mnist_corrupted, "
            "imagenet2012_corrupted."
        ),
    ] = "quick",
    severities: Annotated[str, typer.Option(help="Out of 1 to 5, commas between.")] = "1,2,3,4,5",
    baseline: Annotated[
        str | None, typer.Option(help="The model that others are compared with. [default: first]")
    ] = None,
    examples: Annotated[
        int | None, typer.Option(min=1, help="Only so many of the test set, from its start.")
    ] = None,
    attacks: Annotated[bool, typer.Option("--attacks", help="FGSM and PGD-20 as well.")] = False,
    margin: Annotated[
        float, typer.Option(min=0, max=1, help="Loss that still counts as as good.")
    ] = 0.005,
    output: Annotated[pathlib.Path, typer.Option(help="Folder of the report.")] = pathlib.Path(
        "report"
    ),
    seed: Annotated[int, typer.Option(min=0)] = 0,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Parts worked on at a time. [default: all cores]")
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Begin anew instead of going on.")
    ] = False,
):
    """Measures any models on clean and corrupted test images; the first is the baseline.

    Killed, the same command goes on where it was.

    Example: keras-distill evaluate teacher.keras student.tflite --data photos/
    """
    from keras_distill import datasets, robustness
    from keras_distill.robustness.measuring.named_models import named_models

    _check_free(output, overwrite)
    severities = _severities(severities)
    loaded = named_models(named_paths(models))
    size = next((p.input_shape[:2] for p in loaded.values() if p.input_shape), None)
    is_folder = pathlib.Path(data).is_dir()
    splits = datasets.load(
        data, data_dir=data_dir, image_size=size if is_folder else None, seed=seed
    )
    test = splits.test
    if examples is not None:
        test = test.unbatch().take(examples).batch(128)
    output.mkdir(parents=True, exist_ok=True)
    report = robustness.evaluate(
        loaded,
        test,
        corruptions=_corruptions(corruptions, severities, data_dir),
        severities=severities,
        baseline=baseline,
        seed=seed,
        class_names=splits.class_names,
        calibration_data=splits.validation,
        attacks=("fgsm", "pgd") if attacks else (),
        margin=margin,
        workers=workers,
        folder=output / _CELLS,
        name=splits.name,
    )
    report.save(output)
    print_table(report)
    print(f"Report: {output / 'report.html'}")


def report(
    folder: Annotated[pathlib.Path, typer.Argument(metavar="DIR")],
    fail_if: Annotated[
        list[str] | None,
        typer.Option(
            help="Exit with code 1 if this holds, as "
            '"student.mean_corrupted_accuracy < 0.80"; may be given several times.'
        ),
    ] = None,
):
    """Renders a report again from its report.json, and judges it; no model is needed.

    For continuous integration: exit code 0 if no condition holds, 1 if one does, 2 if a
    condition or the report cannot be read.

    Example: keras-distill report runs/demo --fail-if "int8.clean_accuracy < 0.85"
    """
    place, loaded = _loaded(folder)
    judged = [loaded.check(text) for text in fail_if or []]
    loaded.save(place)
    print_table(loaded)
    print(f"Report: {place / 'report.html'}")
    for holds, sentence in judged:
        print(f"{'FAILED' if holds else 'passed'}: {sentence}")
    if any(holds for holds, _ in judged):
        raise typer.Exit(1)


def compare(
    runs: Annotated[list[pathlib.Path], typer.Argument(metavar="RUN...")],
    against: Annotated[
        str | None, typer.Option(help="The model that others are compared with.")
    ] = None,
    format: Annotated[Format, typer.Option(help="How to write the table.")] = Format.markdown,
    output: Annotated[
        pathlib.Path | None, typer.Option(help="A file to write to instead of the terminal.")
    ] = None,
):
    """Merges runs with other seeds into one table: mean ± sd, differences, significance.

    A model of one name in several runs is one way of training, each run one seed of it.

    Example: keras-distill compare runs/seed_0 runs/seed_1 runs/seed_2 --against control
    """
    from keras_distill.files.atomic_path import atomic_path
    from keras_distill.robustness.reports.compare_runs import compare_runs

    reports = []
    for folder in runs:
        place, loaded = _loaded(folder)
        if loaded.correct is None:
            print(
                f"{str(place)!r} holds no predictions.npz: its differences are not tested.",
                file=sys.stderr,
            )
        reports.append(loaded)
    table = compare_runs(reports, against)
    text = table.markdown() if format is Format.markdown else table.latex()
    if output is None:
        print(text)
        return
    with atomic_path(output) as place:
        place.write_text(text + "\n", encoding="utf-8")
    print(f"Wrote {output}.")


def _corruptions(text, severities, data_dir):
    from keras_distill import corruptions, datasets
    from keras_distill.datasets.corrupted_names import CORRUPTED

    if text == "none":
        return []
    if text in CORRUPTED:
        # The extra four, which are there for tuning, belong into no mean.
        suite, at = ("mnist_c", (1,)) if text == "mnist_corrupted" else ("imagenet_c", severities)
        return datasets.load_corrupted(text, data_dir).select(corruptions.names(suite), at)
    return text if text in SUITES else [name.strip() for name in text.split(",")]


def _severities(text):
    try:
        return tuple(int(each) for each in text.split(","))
    except ValueError:
        raise ValueError(
            "`--severities` must be whole numbers from 1 to 5 with commas between, as 1,3,5. "
            f"Received: {text!r}."
        ) from None


def _loaded(folder):
    from keras_distill.robustness.reports.report import Report

    found = [p for p in (folder / "report.json", folder / "report" / "report.json") if p.is_file()]
    if not found:
        raise ValueError(
            f"Expected a folder with a report.json. Received: {str(folder)!r}, which has none. "
            "`keras-distill run` and `evaluate` write one."
        )
    return found[0].parent, Report.load(found[0])


def _check_free(folder, overwrite):
    if not folder.exists():
        return
    known = (folder / "report.json").exists() or (folder / _CELLS).is_dir()
    if any(folder.iterdir()) and not known:
        raise ValueError(
            f"The folder {str(folder)!r} holds something that is no report. Give an empty or a "
            "new folder with --output."
        )
    if overwrite and (folder / _CELLS).is_dir():
        shutil.rmtree(folder / _CELLS)

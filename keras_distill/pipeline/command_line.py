"""`keras-distill`: the journey and its parts from a terminal."""

import functools
import importlib.resources
import os
import pathlib
import sys
from typing import Annotated

# Before TensorFlow is imported: its chatter at start-up is nothing a person can act on.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import typer

app = typer.Typer(
    help=(
        "From a heavy Keras model to a small, proven one on a phone.\n\n"
        "First look:       keras-distill demo\n\n"
        "Your own model:   keras-distill init --teacher MODEL.keras --data FOLDER\n\n"
        "                  keras-distill check CONFIG.yaml\n\n"
        "                  keras-distill run CONFIG.yaml"
    ),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Output = Annotated[pathlib.Path | None, typer.Option(help="Folder of the run.")]
Overwrite = Annotated[
    bool, typer.Option("--overwrite", help="Delete the run that is in the folder; start afresh.")
]
Config = Annotated[pathlib.Path, typer.Argument(metavar="CONFIG.yaml")]


def main():
    """The console script."""
    app()


def _readable(command):
    """A bad input ends in one sentence and exit code 2, an interrupt in 130."""

    @functools.wraps(command)
    def wrapped(*args, **kwargs):
        try:
            return command(*args, **kwargs)
        except typer.Exit:  # a RuntimeError, but no error
            raise
        except KeyboardInterrupt:
            print(
                "\nInterrupted. Finished stages are kept: the same command goes on from there.",
                file=sys.stderr,
            )
            raise typer.Exit(130) from None
        except (ValueError, OSError, RuntimeError) as error:
            print(f"Error: {error}", file=sys.stderr)
            raise typer.Exit(2) from None

    return wrapped


@app.command()
@_readable
def demo(
    output: Output = pathlib.Path("runs/demo"),
    overwrite: Overwrite = False,
    seeds: Annotated[
        int, typer.Option(min=1, help="Control and distilled student for this many seeds.")
    ] = 1,
):
    """The whole journey on the Fashion-MNIST inside the package; no network.

    Example: keras-distill demo --seeds 3
    """
    from keras_distill.pipeline.load_configuration import load_configuration

    with importlib.resources.as_file(
        importlib.resources.files("keras_distill.pipeline") / "demo.yaml"
    ) as path:
        configuration = load_configuration(path)
    _run(configuration, output, overwrite)
    if seeds > 1:
        from keras_distill.pipeline.compare_seeds import compare_seeds as compared

        print(compared(_at(configuration, output), seeds, _console()))


@app.command()
@_readable
def init(
    teacher: Annotated[pathlib.Path, typer.Option(help="A trained .keras file.")],
    data: Annotated[str, typer.Option(help="Folder of class folders, or a data set's name.")],
    output: Annotated[
        pathlib.Path, typer.Option(help="The configuration to write.")
    ] = pathlib.Path("keras-distill.yaml"),
):
    """Writes a commented configuration that `run` accepts as it stands.

    Example: keras-distill init --teacher flowers.keras --data photos/ --output flowers.yaml
    """
    from keras_distill.pipeline.write_configuration import write_configuration

    write_configuration(output, teacher, data)
    print(f"Wrote {output}. Next: keras-distill run {output}")


@app.command()
@_readable
def check(config: Config):
    """Looks at the teacher before anything trains: accuracy, scale, channels, class order.

    Exit code 1, with the sentence that mends it, when the teacher is fed wrongly.

    Example: keras-distill check flowers.yaml
    """
    from keras_distill.pipeline.check import check as look_at
    from keras_distill.pipeline.load_configuration import load_configuration

    found, lines = look_at(load_configuration(config))
    for line in lines:
        print(line)
    if found:
        raise typer.Exit(1)


@app.command()
@_readable
def run(config: Config, output: Output = None, overwrite: Overwrite = False):
    """Distils, prunes, quantizes, exports, measures; goes on where it was broken off.

    Example: keras-distill run flowers.yaml
    """
    from keras_distill.pipeline.load_configuration import load_configuration

    _run(load_configuration(config), output, overwrite)


@app.command()
@_readable
def evaluate(
    models: Annotated[list[pathlib.Path], typer.Argument(help=".keras, .tflite or SavedModel.")],
    data: Annotated[str, typer.Option(help="A data set's name or a folder.")] = "fashion_mnist",
    corruptions: Annotated[str, typer.Option(help="Suite of corruptions.")] = "quick",
    output: Annotated[pathlib.Path, typer.Option(help="Folder of the report.")] = pathlib.Path(
        "report"
    ),
    seed: Annotated[int, typer.Option(min=0)] = 0,
):
    """Measures any models on clean and corrupted test images; the first is the baseline.

    Example: keras-distill evaluate teacher.keras student.tflite --data photos/
    """
    from keras_distill import datasets, predictors, robustness

    _check_free(output)
    loaded = {}
    for path in models:
        name = path.stem if path.stem not in loaded else path.name
        loaded[name] = predictors.load(path, name=name)
    size = next((p.input_shape[:2] for p in loaded.values() if p.input_shape), None)
    is_folder = pathlib.Path(data).is_dir()
    splits = datasets.load(data, image_size=size if is_folder else None, seed=seed)
    report = robustness.evaluate(
        loaded,
        splits.test,
        corruptions=corruptions,
        baseline=next(iter(loaded)),
        seed=seed,
        class_names=splits.class_names,
    )
    report.save(output)
    _print_table(report)
    print(f"Report: {output / 'report.html'}")


@app.command()
@_readable
def report(folder: Annotated[pathlib.Path, typer.Argument(metavar="DIR")]):
    """Renders a report again from its report.json; no model is needed.

    Example: keras-distill report runs/demo
    """
    from keras_distill.robustness.report import Report

    found = [p for p in (folder / "report.json", folder / "report" / "report.json") if p.is_file()]
    if not found:
        raise ValueError(
            f"Expected a folder with a report.json. Received: {str(folder)!r}, which has none. "
            "`keras-distill run` and `evaluate` write one."
        )
    loaded = Report.load(found[0])
    loaded.save(found[0].parent)
    _print_table(loaded)
    print(f"Report: {found[0].parent / 'report.html'}")


@app.command()
@_readable
def export(
    model: Annotated[pathlib.Path, typer.Argument(metavar="MODEL.keras")],
    output: Annotated[pathlib.Path, typer.Option(help="x.tflite, or a folder: SavedModel.")],
    recipe: Annotated[str, typer.Option(help="float32 or int8.")] = "float32",
    data: Annotated[
        str | None, typer.Option(help="Images to calibrate int8 of a float model on.")
    ] = None,
):
    """One model to one file, checked against the model.

    Example: keras-distill export student.keras --recipe int8 --output x.tflite --data photos/
    """
    import numpy as np

    from keras_distill import datasets
    from keras_distill import export as exporting
    from keras_distill.predictors.load import load

    loaded = load(model)
    if loaded.model is None:
        raise ValueError(f"Expected a .keras file to export. Received: {str(model)!r}.")
    images = None
    if data is not None:
        size = loaded.input_shape[:2] if pathlib.Path(data).is_dir() else None
        splits = datasets.load(data, image_size=size)
        # Training images in batches, several hundred of them.
        images = np.concatenate([np.asarray(x) for x, _ in splits.train.take(4)])
    if output.suffix == ".tflite":
        artefact = exporting.to_tflite(loaded.model, output, recipe=recipe, calibration_data=images)
    else:
        artefact = exporting.to_saved_model(loaded.model, output)
    print(f"{artefact.path}: {artefact.parity}")


@app.command()
@_readable
def describe(file: Annotated[pathlib.Path, typer.Argument(metavar="FILE")]):
    """Says what a .keras, .tflite or SavedModel is: inputs, outputs, sizes, how it was made.

    Example: keras-distill describe runs/demo/artefacts/student.int8.tflite
    """
    from keras_distill.pipeline.describe import describe as text_of

    print(text_of(file))


def _at(configuration, output):
    if output is None:
        return configuration
    return configuration.model_copy(update={"output": str(output.resolve())})


def _console():
    from rich.console import Console

    return Console()


def _run(configuration, output, overwrite):
    from keras_distill.pipeline.journey import Journey

    configuration = _at(configuration, output)
    console = _console()
    result = Journey(configuration, overwrite=overwrite, console=console).run().result()
    _print_table(result.report)
    folder = pathlib.Path(configuration.output)
    shown = (
        folder.relative_to(pathlib.Path.cwd())
        if folder.is_relative_to(pathlib.Path.cwd())
        else folder
    )
    print(f"Report: {shown / 'report' / 'report.html'}")
    print(f"Files:  {shown / 'artefacts'}")


def _print_table(loaded):
    from keras_distill.pipeline.terminal_table import terminal_table

    print(terminal_table(loaded.rows()))


def _check_free(folder):
    if folder.exists() and any(folder.iterdir()) and not (folder / "report.json").exists():
        raise ValueError(
            f"The folder {str(folder)!r} holds something that is no report. Give an empty or a "
            "new folder with --output."
        )

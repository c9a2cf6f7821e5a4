"""`demo`, `init`, `check` and `run`: the whole journey."""

import importlib.resources
import pathlib
from typing import Annotated

import typer

from keras_distill.pipeline.terminal_table import print_table

Output = Annotated[pathlib.Path | None, typer.Option(help="Folder of the run.")]
Overwrite = Annotated[
    bool, typer.Option("--overwrite", help="Delete the run that is in the folder; start afresh.")
]
Config = Annotated[pathlib.Path, typer.Argument(metavar="CONFIG.yaml")]


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


def run(config: Config, output: Output = None, overwrite: Overwrite = False):
    """Distils, prunes, quantizes, exports, measures; goes on where it was broken off.

    A file with `recipe: transfer` is for text: the teacher is fine-tuned, the student
    distilled and fine-tuned, exported with its vocabulary, and measured on misspelt texts.

    Example: keras-distill run flowers.yaml
    """
    from keras_distill.pipeline.load_configuration import load_configuration

    _run(load_configuration(config), output, overwrite)


def _at(configuration, output):
    if output is None:
        return configuration
    return configuration.model_copy(update={"output": str(output.resolve())})


def _console():
    from rich.console import Console

    return Console()


def _run(configuration, output, overwrite):
    from keras_distill.pipeline.journey_of import journey_of

    configuration = _at(configuration, output)
    journey = journey_of(configuration, overwrite=overwrite, console=_console())
    result = journey.run().result()
    print_table(result.report)
    folder = pathlib.Path(configuration.output)
    shown = (
        folder.relative_to(pathlib.Path.cwd())
        if folder.is_relative_to(pathlib.Path.cwd())
        else folder
    )
    print(f"Report: {shown / 'report' / 'report.html'}")
    print(f"Files:  {shown / 'artefacts'}")

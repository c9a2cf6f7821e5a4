"""`export`, `describe` and `verify`: single files."""

import json
import pathlib
import sys
from typing import Annotated

import typer


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


def describe(
    file: Annotated[pathlib.Path, typer.Argument(metavar="FILE")],
    json_file: Annotated[
        pathlib.Path | None,
        typer.Option("--json", metavar="FILE", help="Write every fact there as well."),
    ] = None,
):
    """Says what a .keras, .tflite or SavedModel is: inputs, outputs, sizes, how it was made.

    Of a .tflite file also its metadata and labels, which operators XNNPACK takes with their share
    of the work, and whether TensorFlow Lite Micro runs it.

    Example: keras-distill describe runs/demo/artefacts/student.int8.tflite
    """
    from keras_distill.files.atomic_path import atomic_path
    from keras_distill.pipeline.describe import describe as described

    text, known = described(file)
    print(text)
    if json_file is not None:
        with atomic_path(json_file) as path:
            path.write_text(json.dumps(known, indent=1, ensure_ascii=False), encoding="utf-8")


def verify(file: Annotated[pathlib.Path, typer.Argument(metavar="FILE")]):
    """Checks a shipped .tflite file or SavedModel against its manifest and golden outputs.

    Ends with exit code 1 where something is not as it was made, one sentence for each.

    Example: keras-distill verify runs/demo/artefacts/student.int8.tflite
    """
    from keras_distill.export.verify import verify as verified

    try:
        known = verified(file)
    except RuntimeError as error:
        print(error, file=sys.stderr)
        raise typer.Exit(1) from None
    print(f"{file}: as it was made: {known['bytes']:,} bytes, SHA-256 {known['sha256']}")
    if known["examples"]:
        print(
            f"{known['examples']} golden examples give their outputs; largest difference "
            f"{known['difference']:.0%} of what is tolerated"
        )

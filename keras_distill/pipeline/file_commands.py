"""`export` and `describe`: single files."""

import pathlib
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


def describe(file: Annotated[pathlib.Path, typer.Argument(metavar="FILE")]):
    """Says what a .keras, .tflite or SavedModel is: inputs, outputs, sizes, how it was made.

    Example: keras-distill describe runs/demo/artefacts/student.int8.tflite
    """
    from keras_distill.pipeline.describe import describe as text_of

    print(text_of(file))

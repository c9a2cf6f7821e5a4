"""`export` and `describe`: single files."""

import pathlib
from typing import Annotated

import typer


def export(
    model: Annotated[pathlib.Path, typer.Argument(metavar="MODEL.keras")],
    output: Annotated[pathlib.Path, typer.Option(help="x.tflite, or a folder: SavedModel.")],
    recipe: Annotated[
        str, typer.Option(help="float32, float16, dynamic_range, int8 or int16x8.")
    ] = "float32",
    data: Annotated[
        str | None,
        typer.Option(help="Images to calibrate int8 of a float model on, or to compare on."),
    ] = None,
    input: Annotated[str | None, typer.Option(help="float32, int8 or uint8.")] = None,
    outputs: Annotated[str | None, typer.Option(help="probabilities or logits.")] = None,
    preprocess: Annotated[
        str | None,
        typer.Option(help="Take raw pixels: include (pixels / 255), or SCALE,OFFSET."),
    ] = None,
    batch: Annotated[str, typer.Option(help="1 or dynamic.")] = "1",
    keep_float: Annotated[list[str], typer.Option(help="A layer that stays float.")] = (),
    allow_float: Annotated[bool, typer.Option(help="int8 may keep float operators.")] = False,
    labels: Annotated[
        pathlib.Path | None, typer.Option(help="Names of the classes, one a line.")
    ] = None,
    licence: Annotated[str | None, typer.Option(help="Licence, for the file.")] = None,
    version: Annotated[str | None, typer.Option(help="Version, for the file.")] = None,
    image_bytes: Annotated[
        bool, typer.Option(help="SavedModel: a signature for JPEG and PNG files too.")
    ] = False,
):
    """One model to one file, checked against the model.

    Example: keras-distill export student.keras --recipe int8 --output x.tflite --data photos/
    """
    from keras_distill import export as exporting
    from keras_distill.predictors.load import load

    loaded = load(model)
    if loaded.model is None:
        raise ValueError(f"Expected a .keras file to export. Received: {str(model)!r}.")
    images = None if data is None else _images(data, loaded.input_shape, preprocess is not None)
    given = {
        "output": outputs,
        "preprocess": _preprocessing(preprocess),
        "labels": labels and labels.read_text(encoding="utf-8").splitlines(),
        "licence": licence,
        "version": version,
    }
    if output.suffix == ".tflite":
        given |= {
            "recipe": recipe,
            "input": input,
            "batch": 1 if batch == "1" else batch,
            "keep_float": keep_float,
            "allow_float": allow_float,
        }
        calibrates = recipe in ("int8", "int16x8")
        given["calibration_data" if calibrates else "samples"] = images
        artefact = exporting.to_tflite(loaded.model, output, **given)
    else:
        artefact = exporting.to_saved_model(
            loaded.model, output, samples=images, image_bytes=image_bytes, **given
        )
    print(f"{artefact.path}: {artefact.parity}")
    if artefact.manifest.get("unrolled"):
        print(f"  unrolled: {', '.join(artefact.manifest['unrolled'])}")


def _images(data, shape, pixels):
    """Several hundred training images in [0, 1], or as raw pixels."""
    import numpy as np

    from keras_distill import datasets

    size = shape[:2] if pathlib.Path(data).is_dir() else None
    splits = datasets.load(data, image_size=size)
    images = np.concatenate([np.asarray(x) for x, _ in splits.train.take(4)])
    return np.rint(255 * images) if pixels else images


def _preprocessing(text):
    """What `--preprocess` says, as `to_tflite` takes it."""
    import keras

    if text is None or text == "include":
        return text
    try:
        scale, offset = (float(part) for part in text.split(","))
    except ValueError as error:
        raise ValueError(
            f"Received --preprocess {text!r}. Expected 'include', or a scale and an offset such "
            "as 0.00784314,-1."
        ) from error
    return keras.layers.Rescaling(scale, offset)


def describe(file: Annotated[pathlib.Path, typer.Argument(metavar="FILE")]):
    """Says what a .keras, .tflite or SavedModel is: inputs, outputs, sizes, how it was made.

    Example: keras-distill describe runs/demo/artefacts/student.int8.tflite
    """
    from keras_distill.pipeline.describe import describe as text_of

    print(text_of(file))

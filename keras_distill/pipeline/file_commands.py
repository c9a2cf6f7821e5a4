"""`export`, `describe` and `verify`: single files."""

import json
import pathlib
import sys
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

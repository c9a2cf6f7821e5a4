"""TFLite metadata as it stands in a file, whoever wrote it."""

import io
import pathlib
import zipfile

from keras_distill.export.contents.metadata import FIELD
from keras_distill.export.contents.metadata_tables import unpack_metadata
from keras_distill.predictors.tflite_file import open_interpreter

_CONTENTS = {1: "feature", 2: "image", 3: "bounding box", 4: "audio"}
_NORMALIZATION = 1
_TENSOR_AXIS_LABELS = 2


def read_metadata(path):
    """Reads the metadata in a `.tflite` file.

    Args:
        path: The file.

    Returns:
        None if there is none; else a dict: `name`, `description`, `version`, `author`,
        `licence`, `min_parser_version` (None where nothing is said), `inputs` and `outputs`
        (a list of dicts with `name`, `description`, `content`, `mean`, `std`, `min` and `max`,
        as `embed` takes them, the numbers as lists), and `labels`: a list where one output has
        them, a dict from the name of the output where several do, else None.

    Raises:
        FileNotFoundError: If there is no file.
        ValueError: If it is damaged, or the label names that it promises are not in it.
    """
    from ai_edge_litert import schema_py_generated as schema

    path = pathlib.Path(path)
    open_interpreter(path)  # Verifies the file; the reader below trusts its offsets.
    content = path.read_bytes()
    model = schema.Model.GetRootAs(content, 0)
    entries = [model.Metadata(i) for i in range(model.MetadataLength())]
    packed = [model.Buffers(e.Buffer()) for e in entries if e.Name() == FIELD.encode()]
    if not packed:
        return None
    try:
        data = packed[0].DataAsNumpy().tobytes() if packed[0].DataLength() else b""
        known = unpack_metadata(data)
    except ValueError as error:
        raise ValueError(
            f"The metadata in {str(path)!r} is damaged: {error} Export the model again."
        ) from error
    graph = (known["subgraph_metadata"] or [{}])[0]
    inputs = graph.get("input_tensor_metadata") or []
    outputs = graph.get("output_tensor_metadata") or []
    return {
        "name": known["name"],
        "description": known["description"],
        "version": known["version"],
        "author": known["author"],
        "licence": known["license"],
        "min_parser_version": known["min_parser_version"],
        "inputs": [_tensor(one) for one in inputs],
        "outputs": [_tensor(one) for one in outputs],
        "labels": _labels(path, content, outputs),
    }


def _tensor(one):
    units = one["process_units"] or []
    options = [unit["options"] for unit in units if unit["which"] == _NORMALIZATION]
    return {
        "name": one["name"],
        "description": one["description"],
        "content": _CONTENTS.get((one["content"] or {}).get("which")),
        **(options[0] if options else {"mean": None, "std": None}),
        **{key: (one["stats"] or {}).get(key) for key in ("min", "max")},
    }


def _labels(path, content, outputs):
    found = {}
    for output in outputs:
        files = output["associated_files"] or []
        # The first is the default; others are translations.
        files = [file["name"] for file in files if file["type"] == _TENSOR_AXIS_LABELS]
        if files:
            found[output["name"]] = _unpacked(path, content, files[0])
    return next(iter(found.values())) if len(found) == 1 else found or None


def _unpacked(path, content, name):
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return archive.read(name).decode().splitlines()
    except (zipfile.BadZipFile, KeyError, UnicodeDecodeError) as error:
        raise ValueError(
            f"The metadata in {str(path)!r} promises label names in {name!r}, which cannot be "
            f"read from the end of the file ({error}). Copy the whole file, or export it again."
        ) from error

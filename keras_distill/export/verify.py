"""A shipped artefact looked at again."""

import json
import pathlib

from keras_distill.export.proof.check_golden import check_golden
from keras_distill.export.proof.check_manifest import bytes_of, check_manifest
from keras_distill.export.proof.signature import end_of
from keras_distill.predictors.tflite_file import open_interpreter


def verify(path):
    """Checks that an artefact is the one that was exported, and that it still computes the same.

    Against its manifest: SHA-256, size, names, shapes, types and scales of inputs and outputs. A
    `.tflite` file is run as well, here, on the inputs of FILE.golden.json; its outputs must lie
    within the tolerance written there. FILE.manifest.json and FILE.golden.json lie beside the
    file; in a SavedModel lies manifest.json. Where the manifest names a vocabulary it has to lie
    there too, as it was.

    Args:
        path: The `.tflite` file, the SavedModel folder, or an `Artefact`.

    Returns:
        A dict of what was found to be right: `kind`, `bytes`, `sha256`, `examples` (golden ones
        that were run; 0 for a SavedModel) and `difference`, the largest of an output as a share
        of what is tolerated; of a model of texts also `tokenization`, as the manifest has it.

    Raises:
        FileNotFoundError: If there is no artefact, or no manifest or golden file with it.
        ValueError: If one of them cannot be read.
        RuntimeError: If it is not as it was made: a line for each difference.

    Example:

    ```python
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
    artefact = kd.export.to_saved_model(model, "student")
    assert kd.export.verify("student")["sha256"] == artefact.manifest["sha256"]
    ```
    """
    path = pathlib.Path(path)
    if not path.exists():
        raise FileNotFoundError(f"There is no artefact at {str(path)!r}: check the path.")
    folder = path.is_dir()
    manifest = path / "manifest.json" if folder else path.with_name(f"{path.name}.manifest.json")
    page = _read(manifest, path)
    examples, difference = 0, 0.0
    if folder:
        differences = check_manifest(path, page, _saved_model_signature(path))
    else:
        interpreter = open_interpreter(path)
        differences = check_manifest(path, page, _tflite_signature(interpreter))
        golden = path.with_name(f"{path.name}.golden.json")
        vectors = _read(golden, path)
        try:
            more, examples, difference = check_golden(interpreter, vectors)
        except ValueError as error:
            # It may be another model's, and so may the manifest: all that differs is told.
            more = [f"The golden file {str(golden)!r} does not fit: {error}"]
        differences += more
    if differences:
        raise RuntimeError(
            f"{str(path)!r} is not as it was made:\n"
            + "\n".join(f"- {one}" for one in differences)
            + "\nExport it again, or copy all its files anew from where it was made."
        )
    return {
        "kind": "saved_model" if folder else "tflite",
        "bytes": bytes_of(path),
        "sha256": page["sha256"],
        "examples": examples,
        "difference": difference,
        **({"tokenization": page["tokenization"]} if page.get("tokenization") else {}),
    }


def _read(file, path):
    if not file.exists():
        raise FileNotFoundError(
            f"There is no {file.name} with {str(path)!r}, so it cannot be verified. An export "
            "writes it: copy it along with the artefact."
        )
    try:
        page = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(
            f"Could not read {str(file)!r} as JSON: {error}. Copy it again from where the "
            "artefact was made."
        ) from error
    if not isinstance(page, dict):
        raise ValueError(
            f"Expected an object in {str(file)!r}, but it holds a {type(page).__name__}. Copy it "
            "again from where the artefact was made."
        )
    return page


def _tflite_signature(interpreter):
    runner = interpreter.get_signature_runner()
    ends = {"inputs": runner.get_input_details(), "outputs": runner.get_output_details()}
    return {
        what: [end_of(name, d) for name, d in details.items()] for what, details in ends.items()
    }


def _saved_model_signature(path):
    import tensorflow as tf

    try:
        # Held until it was asked: the signature would lose its variables.
        loaded = tf.saved_model.load(str(path))
        served = loaded.signatures["serving_default"]
    except (OSError, KeyError, ValueError, tf.errors.OpError) as error:
        raise ValueError(
            f"Could not read {str(path)!r} as a SavedModel with the signature 'serving_default': "
            f"{error} Copy or export it again."
        ) from error
    return {
        "inputs": [_tensor(n, t) for n, t in served.structured_input_signature[1].items()],
        # The shapes of outputs are less known to TensorFlow than to the manifest.
        "outputs": [_tensor(n, t) | {"shape": None} for n, t in served.structured_outputs.items()],
    }


def _tensor(name, spec):
    shape = [-1 if n is None else n for n in spec.shape]
    return {"name": name, "shape": shape, "dtype": spec.dtype.name}

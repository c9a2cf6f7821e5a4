"""What is in an artefact, from the artefact itself."""

import collections
import json
import pathlib

from keras_distill.export.contents.delegates import delegates
from keras_distill.export.contents.microcontrollers import microcontrollers
from keras_distill.export.contents.read_metadata import read_metadata
from keras_distill.export.contents.tflite_contents import read
from keras_distill.export.proof.manifest import sizes


def describe(path):
    """Tells what a `.tflite` file or a SavedModel folder holds.

    Args:
        path: The file, the folder or an `Artefact`.

    Returns:
        A dict: `path`, `kind`, `bytes`, `gzip_bytes`, `manifest` (None without one) and
        `tokenization` (how texts become its inputs, from the manifest; None without). For a
        `.tflite` file also, from its own bytes: `metadata` (names, version, licence, input scale
        and labels as an app finds them; None without), `inputs` and `outputs` (name, shape,
        dtype, scale, zero point, name in the signature), `operators` (name to count, loops'
        bodies included), `dtypes` (dtype to number of tensors), `float_tensors`,
        `float_operators` (operator and output of each), `tensors`, and `zeros`: for each constant
        kernel, by name, the share of its values that stand for exactly zero; `xnnpack`: its
        operators with their work in multiply-accumulates and whether they run in LiteRT's fast
        kernels, the `fraction` of the work that does, and in how many `partitions`;
        `microcontroller`: whether TensorFlow Lite Micro `runs` it, else which operators are
        `missing` and what is `refused`.

    Raises:
        FileNotFoundError: If nothing is there.
        ValueError: If it is damaged or of another kind.

    Example:

    ```python
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
    artefact = kd.export.to_saved_model(model, "student")
    assert kd.export.describe(artefact)["kind"] == "saved_model"
    ```
    """
    path = pathlib.Path(path)
    if not path.exists():
        raise FileNotFoundError(f"There is no artefact at {str(path)!r}: check the path.")
    if path.is_dir():
        if not (path / "saved_model.pb").exists():
            raise ValueError(
                f"The folder {str(path)!r} is no SavedModel: it holds no saved_model.pb. Give a "
                ".tflite file or a SavedModel folder."
            )
        return {"path": str(path), "kind": "saved_model", **_on_disk(path, path / "manifest.json")}
    contents = read(path)
    described = [_described(tensor) for tensor in contents.tensors]
    dtypes = collections.Counter(tensor.dtype for tensor in contents.tensors)
    return {
        "path": str(path),
        "kind": "tflite",
        **_on_disk(path, path.with_name(f"{path.name}.manifest.json")),
        "metadata": read_metadata(path),
        "inputs": [_end(contents, described, i) for i in contents.inputs],
        "outputs": [_end(contents, described, i) for i in contents.outputs],
        "operators": dict(collections.Counter(o.name for o in contents.operators)),
        "dtypes": dict(dtypes),
        "float_tensors": sum(n for dtype, n in dtypes.items() if dtype.startswith("float")),
        "float_operators": contents.float_operators(),
        "tensors": described,
        "zeros": {
            t.name: t.zeros for t in contents.tensors if t.data is not None and _is_kernel(t)
        },
        "xnnpack": delegates(path),
        "microcontroller": microcontrollers(contents),
    }


def _end(contents, described, index):
    return {**described[index], "signature_name": contents.signature.get(index)}


def _is_kernel(tensor):
    return len(tensor.shape) >= 2 and tensor.dtype in ("int8", "float32", "float16")


def _on_disk(path, manifest):
    known = json.loads(manifest.read_text(encoding="utf-8")) if manifest.exists() else None
    return {
        **sizes(path),
        "manifest": known,
        "tokenization": (known or {}).get("tokenization"),
    }


def _described(tensor):
    return {
        "name": tensor.name,
        "shape": list(tensor.shape),
        "dtype": tensor.dtype,
        "scale": list(tensor.scale),
        "zero_point": list(tensor.zero_point),
        "constant": tensor.data is not None,
    }

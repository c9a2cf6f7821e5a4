"""A Keras model as a SavedModel folder."""

import pathlib

import numpy as np

from keras_distill.export.conversion.disk_errors import disk_errors
from keras_distill.export.proof.artefact import Artefact
from keras_distill.export.proof.examples import collect, generate
from keras_distill.export.proof.manifest import check_labels, manifest, write_json
from keras_distill.export.proof.parity import Parity
from keras_distill.export.proof.thresholds import check_float, check_quantized
from keras_distill.export.serving.trace import check_model, write_saved_model
from keras_distill.files import atomic_path
from keras_distill.predictors import load, output_kind

_MOST_SAMPLES = 1000


def to_saved_model(model, path, samples=None, labels=None):
    """Writes a SavedModel that was loaded and compared with the model before it is handed over.

    It needs no Keras and none of the model's classes to run: its signature `serving_default`
    takes `input` and gives `output`. It loads with `tf.saved_model.load`, with
    `keras.layers.TFSMLayer(path)` and in TensorFlow Serving. `manifest.json` lies in the folder;
    its checksum is that of the folder without it.

    Args:
        model: A built `keras.Model` with one input and one output.
        path: The folder to write. An older SavedModel there is replaced; any other folder
            that is not empty is refused.
        samples: Array or `tf.data.Dataset` of inputs to compare on, of which at most 1000
            are used. Without them 64 are generated, always the same, with values in [0, 1].
        labels: Names of the outputs, for the manifest.

    Returns:
        An `Artefact`. Its outputs are the model's to 1e-4 of the output range. (A
        fake-quantized model is held to 99 % equal choices: rounding makes a step of a
        difference in the last bit.)

    Raises:
        ValueError: If an argument does not fit the model.
        RuntimeError: If the SavedModel is not close enough.
        OSError: If the folder cannot be written.

    Example:

    ```python
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
    artefact = kd.export.to_saved_model(model, "student", labels=["a", "b", "c"])
    assert artefact.manifest["labels"] == ["a", "b", "c"]
    ```
    """
    path = _checked(path)
    shape = check_model(model)
    check_labels(labels, model.outputs[0].shape[-1])
    source = "generated" if samples is None else "samples"
    if samples is None:
        samples = generate(shape, 0.0, 1.0)
    else:
        samples = collect(samples, shape, _MOST_SAMPLES, "samples")
    with atomic_path(path) as folder, disk_errors(path):
        operators = write_saved_model(model, folder)
        expected = load(model).predict(samples)
        parity = Parity.measure(expected, load(folder).predict(samples), source)
        if any(operator.startswith("FakeQuantWithMinMax") for operator in operators):
            check_quantized(parity, path.name, "training", expected.shape[-1])
        else:
            check_float(parity, path.name)
        page = manifest(
            folder, kind="saved_model", model=model, recipe=None, ranges=None, samples=samples,
            outputs=output_kind(model, expected), labels=labels, parity=parity,
            signature={
                "inputs": [_end("input", (-1, *shape), model.inputs[0].dtype)],
                "outputs": [_end("output", (-1, *np.shape(expected)[1:]), "float32")],
            },
        )  # fmt: skip
        write_json(folder / "manifest.json", page)
    return Artefact(path, parity, page)


def _checked(path):
    path = pathlib.Path(path)
    if path.suffix in (".tflite", ".keras"):
        raise ValueError(
            f"The path {str(path)!r} ends in {path.suffix}, but a SavedModel is a folder. Name it "
            f"{path.stem!r}; for a .tflite file use to_tflite."
        )
    strange = path.is_dir() and any(path.iterdir()) and not (path / "saved_model.pb").exists()
    if strange or path.is_file():
        raise ValueError(
            f"There is something at {str(path)!r} that is no SavedModel, and it would be "
            "replaced. Choose another path, or remove it first."
        )
    return path


def _end(name, shape, dtype):
    return {"name": name, "shape": list(shape), "dtype": dtype}

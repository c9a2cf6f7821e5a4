"""A Keras model as a SavedModel folder."""

import pathlib

import numpy as np

from keras_distill.export.conversion.disk_errors import disk_errors
from keras_distill.export.proof.artefact import Artefact
from keras_distill.export.proof.examples import collect, generate
from keras_distill.export.proof.manifest import checked_labels, manifest, write_json
from keras_distill.export.proof.parity import Parity
from keras_distill.export.proof.thresholds import check_float, check_quantized
from keras_distill.export.serving.fixed_axes import fixed_axes
from keras_distill.export.serving.model_ends import model_ends
from keras_distill.export.serving.output_kinds import output_kinds
from keras_distill.export.serving.reference import reference
from keras_distill.export.serving.trace import call, write_saved_model
from keras_distill.files import atomic_path

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
    ends = model_ends(model)
    labels = checked_labels(labels, ends.outputs)
    source = "generated" if samples is None else "samples"
    if samples is not None:
        samples, _ = collect(samples, ends.inputs, _MOST_SAMPLES, "samples")
    ends = fixed_axes(model, ends, samples)
    if samples is None:
        samples = {end.name: _generated(end, seed) for seed, end in enumerate(ends.inputs)}
    with atomic_path(path) as folder, disk_errors(path):
        operators = write_saved_model(model, ends, folder)
        expected = reference(ends, call(model, ends), samples)
        parity = Parity.measure(expected, _run(folder, samples), source)
        if any(operator.startswith("FakeQuantWithMinMax") for operator in operators):
            classes = {name: values.shape[-1] for name, values in expected.items()}
            check_quantized(parity, path.name, "training", classes)
        else:
            check_float(parity, path.name)
        kinds = output_kinds(model, ends, expected)
        page = manifest(
            folder, kind="saved_model", model=model, recipe=None, ranges=None, samples=samples,
            outputs=next(iter(kinds.values())) if len(kinds) == 1 else "unknown",
            labels=labels, parity=parity,
            signature={
                "inputs": [_end(e.name, e.shape, e.dtype) for e in ends.inputs],
                "outputs": [
                    _end(name, values.shape[1:], values.dtype.name) | {"kind": kinds[name]}
                    for name, values in expected.items()
                ],
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


def _generated(end, seed):
    whole = np.dtype(end.dtype).kind in "iub"
    values = generate(end.shape, 0.0, 1.0, seed=seed)
    return np.rint(values).astype(end.dtype) if whole else values


def _run(folder, samples):
    """{output: array} of the SavedModel alone."""
    import tensorflow as tf

    # Held until it has run: its variables would vanish with it.
    loaded = tf.saved_model.load(str(folder))
    given = {name: tf.constant(values) for name, values in samples.items()}
    outputs = loaded.signatures["serving_default"](**given)
    return {name: output.numpy() for name, output in outputs.items()}


def _end(name, shape, dtype):
    return {"name": name, "shape": [-1, *shape], "dtype": dtype}

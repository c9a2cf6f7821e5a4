"""A Keras model as a SavedModel folder."""

import pathlib

import numpy as np

from keras_distill.export.conversion.disk_errors import disk_errors
from keras_distill.export.conversion.release_memory import release_memory
from keras_distill.export.proof.artefact import Artefact
from keras_distill.export.proof.manifest import checked_labels, manifest, write_json
from keras_distill.export.proof.parity import Parity
from keras_distill.export.proof.thresholds import check_float, check_parity
from keras_distill.export.proof.tokenization import tokenization_of
from keras_distill.export.serving.collected import collected, empty_text
from keras_distill.export.serving.fixed_axes import fixed_axes
from keras_distill.export.serving.image_bytes import image_bytes as image_bytes_endpoint
from keras_distill.export.serving.model_ends import model_ends
from keras_distill.export.serving.pixels import check_pixels
from keras_distill.export.serving.serving import Serving
from keras_distill.files import atomic_path

_MOST_SAMPLES = 1000
_BATCH = 256


def to_saved_model(
    model,
    path,
    samples=None,
    labels=None,
    output=None,
    preprocess=None,
    image_bytes=False,
    licence=None,
    version=None,
    preprocessor=None,
):
    """Writes a SavedModel that was loaded and compared with the model before it is handed over.

    It needs no Keras and none of the model's classes to run: its signature `serving_default`
    takes `input` and gives `output`; several inputs or outputs have their names in Keras. It loads
    with `tf.saved_model.load`, with `keras.layers.TFSMLayer(path)` and in TensorFlow Serving.
    `manifest.json` lies in the folder; its checksum is that of the folder without it. So does
    `vocab.txt` where a preprocessor makes its inputs of texts.

    Args:
        model: A built `keras.Model`, or one of a class of its own that was called once.
        path: The folder to write. An older SavedModel there is replaced; any other folder
            that is not empty is refused.
        samples: Inputs to compare on, of which at most 1000 are used: an array, for several inputs
            a dict or a list of arrays, or a `tf.data.Dataset` of batches of these; texts where
            there is a preprocessor. Without them 64 are generated, always the same, with
            values in [0, 1].
        labels: Names of the classes, for the manifest: a list; with several outputs a dict from
            an output's name to such a list.
        output: `"probabilities"` or `"logits"`, as in `to_tflite`.
        preprocess: As in `to_tflite`: every signature takes raw pixels then, uint8, and `samples`
            are raw pixels.
        image_bytes: Whether to add a signature `serving_bytes`, from a batch of encoded JPEG or
            PNG files to probabilities (logits only if `output` says so). Needs `preprocess`.
        licence: Licence of the model, for the manifest.
        version: Version of the model, for the manifest.
        preprocessor: What makes the model's numbers of texts, as in `to_tflite`.

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
    samples, _, texts = collected(model, ends, samples, _MOST_SAMPLES, "samples", preprocessor)
    tokenization = tokenization_of(model, ends.inputs, preprocessor, texts, "vocab.txt")
    known = empty_text(model, ends, tokenization) if samples is None else samples
    ends = fixed_axes(model, ends, known)
    bytes_in = preprocess is not None
    serving = Serving(model, ends, preprocess, output, samples, bytes_in=bytes_in)
    if samples is None:
        samples = serving.few(64)
    check_pixels(samples, serving.pixels)
    more = {}
    if image_bytes:
        told = Serving(model, ends, preprocess, output or "probabilities", samples, bytes_in=True)
        more["serving_bytes"] = image_bytes_endpoint(told)
    with atomic_path(path) as folder, disk_errors(path):
        operators, _, _ = serving.write(folder, more=more)
        expected = serving.reference(samples)
        loaded = _load(folder)
        parity = Parity.measure(expected, _run(loaded, serving.as_fed(samples)), source)
        trained = any(operator.startswith("FakeQuantWithMinMax") for operator in operators)
        recipe = "int8" if trained else "float32"
        check_parity(parity, path.name, recipe, "training", expected)
        if image_bytes:
            _check_bytes(loaded, told, samples, path.name)
        kinds = serving.form.told(expected)
        if tokenization is not None and tokenization.content is not None:
            (folder / "vocab.txt").write_bytes(tokenization.content)
        page = manifest(
            folder, kind="saved_model", model=model, recipe=None, ranges=None, samples=samples,
            outputs=next(iter(kinds.values())) if len(kinds) == 1 else "unknown",
            labels=labels, parity=parity, licence=licence, version=version,
            preprocess=serving.preprocessing and serving.preprocessing.described,
            signature={
                "inputs": [
                    _end(e.name, e.shape, "uint8" if e.name in serving.pixels else e.dtype)
                    for e in ends.inputs
                ],
                "outputs": [
                    _end(name, values.shape[1:], values.dtype.name) | {"kind": kinds[name]}
                    for name, values in expected.items()
                ],
            },
            **({} if tokenization is None else {"tokenization": tokenization.described}),
        )  # fmt: skip
        write_json(folder / "manifest.json", page)
    release_memory()
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


def _load(folder):
    import tensorflow as tf

    return tf.saved_model.load(str(folder))


def _run(loaded, samples):
    """{output: array} of the SavedModel alone."""
    import tensorflow as tf

    parts = []
    for start in range(0, len(next(iter(samples.values()))), _BATCH):
        given = {name: tf.constant(a[start : start + _BATCH]) for name, a in samples.items()}
        parts.append(loaded.signatures["serving_default"](**given))
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _check_bytes(loaded, serving, samples, what):
    """Raises unless pictures as PNG files, which lose nothing, give what their pixels give."""
    import tensorflow as tf

    few = {name: values[:8] for name, values in samples.items()}
    (pixels,) = few.values()
    files = [tf.io.encode_png(one).numpy() for one in pixels.astype("uint8")]
    outputs = loaded.signatures["serving_bytes"](image_bytes=tf.constant(files))
    received = {name: output.numpy() for name, output in outputs.items()}
    expected = serving.reference(few)
    check_float(Parity.measure(expected, received, "samples"), f"{what}, fed PNG files,")


def _end(name, shape, dtype):
    return {"name": name, "shape": [-1, *shape], "dtype": dtype}

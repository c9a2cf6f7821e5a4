"""A Keras model as a .tflite file."""

import contextlib
import pathlib
import re
import tempfile

import numpy as np

from keras_distill.export.contents.tflite_contents import read
from keras_distill.export.conversion.disk_errors import disk_errors
from keras_distill.export.proof.artefact import Artefact
from keras_distill.export.proof.examples import collect
from keras_distill.export.proof.golden import golden
from keras_distill.export.proof.manifest import check_labels, manifest, write_json
from keras_distill.export.proof.parity import Parity
from keras_distill.export.proof.thresholds import check_float, check_quantized
from keras_distill.export.serving.index_inputs import check_index_inputs
from keras_distill.export.serving.trace import check_model, write_saved_model
from keras_distill.files import atomic_path, run_child
from keras_distill.predictors import load, output_kind
from keras_distill.predictors.tflite_file import TFLiteFile, quantize

_RECIPES = ("float32", "int8")
_MOST_CALIBRATION, _MOST_SAMPLES = 500, 1000


def to_tflite(
    model,
    path,
    recipe="float32",
    calibration_data=None,
    samples=None,
    labels=None,
    allow_float=False,
    minimum_agreement=None,
    timeout=600,
):
    """Converts a model to a `.tflite` file that was compared with it before it is handed over.

    The conversion and the first run happen in a child process. `FILE.manifest.json` (how it
    was made) and `FILE.golden.json` (eight inputs with their outputs, for the app's own test)
    are written beside the file; either all three appear, or none.

    An `int8` file takes its ranges from training when the model was made by
    `keras_distill.compression.quantize_model`, or else from `calibration_data`. Its input and
    output are int8; scale and zero point are in the file and in the manifest. An input of
    whole numbers, which an Embedding looks up, stays as it is.

    Parity: a float32 file may differ by 1e-4 of the output range. An int8 file must choose
    the same class as the Keras model on 99 % of the examples when its ranges come from
    training, 95 % when they were calibrated (one disagreement is always allowed). Examples
    are `samples`, else `calibration_data`; without both they are generated, always the same,
    within the range of the file's input ([0, 1] for float32). A trained model's choice on
    generated examples means nothing, so there, and for a model with one output, the signal
    to noise must be at least 15 dB instead.

    Args:
        model: A built `keras.Model` with one input and one output.
        path: Where to write; ends in `.tflite`. An older file is replaced.
        recipe: `"float32"` or `"int8"`.
        calibration_data: For `int8` of a model without ranges from training: array `(n, …)`,
            or a `tf.data.Dataset` of batches, of inputs like those it will see. At most 500
            are used.
        samples: Examples to compare on, in the same forms. At most 1000 are used.
        labels: Names of the outputs, for the manifest.
        allow_float: Whether an `int8` file may keep operators in float.
        minimum_agreement: Least share of equal choices, in place of 99 % or 95 %.
        timeout: Seconds that the child process may take.

    Returns:
        An `Artefact`.

    Raises:
        ValueError: If an argument does not fit the model.
        RuntimeError: If the model cannot be converted, or the file is not close enough.
        OSError: If the file cannot be written.

    Example:

    ```python
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
    try:
        kd.export.to_tflite(model, "student.tflite", recipe="int8")
    except ValueError as error:
        print(error)  # No ranges: says how to get them.
    ```
    """
    path = _checked(path, recipe)
    shape = check_model(model)
    check_labels(labels, model.outputs[0].shape[-1])
    if recipe == "int8":
        check_index_inputs(model)
    if calibration_data is not None:
        calibration_data = collect(calibration_data, shape, _MOST_CALIBRATION, "calibration_data")
    if samples is not None:
        samples = collect(samples, shape, _MOST_SAMPLES, "samples")
    source = "samples"
    if samples is None and calibration_data is not None:
        samples, source = calibration_data, "calibration_data"
    elif samples is None:
        source = "generated"
    with contextlib.ExitStack() as stack:
        # The three are tried at once, so that nothing is computed for a folder that cannot be
        # written; what is in the making lies elsewhere, so that kill -9 leaves nothing here.
        targets = [
            stack.enter_context(atomic_path(path.with_name(path.name + end)))
            for end in (".golden.json", ".manifest.json", "")
        ]
        scratch = pathlib.Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="keras_distill_"))
        )
        with disk_errors(path):
            operators = write_saved_model(model, scratch / "saved_model")
            ranges = _ranges(model, recipe, operators, calibration_data)
            file = _convert(
                model, scratch, recipe, calibration_data if recipe == "int8" else None, samples,
                timeout,
            )  # fmt: skip
        contents = read(file)
        if recipe == "int8" and not allow_float:
            _refuse_float(model, contents)
        samples = np.load(scratch / "samples.npy")
        expected = load(model).predict(samples)
        parity = Parity.measure(expected, np.load(scratch / "outputs.npy"), source)
        if recipe == "int8":
            classes = expected.shape[-1]
            check_quantized(parity, path.name, ranges, classes, minimum_agreement)
        else:
            check_float(parity, path.name)
        page = manifest(
            file, kind="tflite", model=model, recipe=recipe, ranges=ranges, samples=samples,
            outputs=output_kind(model, expected), labels=labels, parity=parity, file=path.name,
            calibration_examples=len(calibration_data) if ranges == "calibration" else 0,
            signature={
                "inputs": [_end(contents, i, "input") for i in contents.inputs],
                "outputs": [_end(contents, i, "output") for i in contents.outputs],
            },
            float_operators=len(contents.float_operators()),
        )  # fmt: skip
        with disk_errors(path):
            write_json(targets[0], _golden(file, samples, recipe))
            write_json(targets[1], page)
            targets[2].write_bytes(file.read_bytes())
    return Artefact(path, parity, page)


def _checked(path, recipe):
    path = pathlib.Path(path)
    if path.suffix != ".tflite":
        raise ValueError(
            f"The path {str(path)!r} does not end in .tflite. Name the file "
            f"{path.stem + '.tflite'!r}; for a SavedModel use to_saved_model."
        )
    if path.is_dir():
        raise ValueError(f"The path {str(path)!r} is a folder. Name a file that ends in .tflite.")
    if recipe not in _RECIPES:
        raise ValueError(f"Received recipe={recipe!r}. Expected one of: {', '.join(_RECIPES)}.")
    return path


def _ranges(model, recipe, operators, calibration_data):
    """Where the ranges of an int8 file come from: `"training"`, `"calibration"`; else None."""
    trained = any(operator.startswith("FakeQuantWithMinMax") for operator in operators)
    if recipe == "float32":
        if trained:
            raise ValueError(
                f"The model {model.name!r} carries fake quantization, which a float32 file cannot "
                'hold. Export it with recipe="int8", or export the model that it was made from.'
            )
        return None
    if trained and calibration_data is not None:
        raise ValueError(
            f"The model {model.name!r} carries ranges from training, but received "
            "`calibration_data` too, which would be ignored. Leave `calibration_data` out (give "
            "examples to compare on as `samples`)."
        )
    if not trained and calibration_data is None:
        raise ValueError(
            f"The model {model.name!r} is a float model: an int8 file needs ranges, and it has "
            "none. Train it with fake quantization (keras_distill.compression.quantize_model), "
            "or give a few hundred training images as `calibration_data`."
        )
    return "training" if trained else "calibration"


def _convert(model, scratch, recipe, calibration_data, samples, timeout):
    names = {"file": "model.tflite", "samples": "samples.npy", "outputs": "outputs.npy"}
    arguments = {key: str(scratch / name) for key, name in names.items()}
    arguments |= {"saved_model": str(scratch / "saved_model"), "recipe": recipe}
    arguments["input_dtype"] = model.inputs[0].dtype
    arguments["calibration_data"] = None
    if samples is not None:
        np.save(arguments["samples"], samples)
    if calibration_data is not None:
        arguments["calibration_data"] = str(scratch / "calibration.npy")
        np.save(arguments["calibration_data"], calibration_data)
    answer = run_child("keras_distill.export.conversion.convert", arguments, timeout)
    if "disk" in answer:
        raise OSError(answer["disk"])
    if "refused" in answer:
        _refuse(model, answer["refused"])
    return scratch / "model.tflite"


def _refuse(model, reason):
    lacking = re.findall(r"'tf\.(\w+)' op is neither a custom op nor a flex op", reason)
    if lacking:
        needed = ", ".join(sorted(set(lacking)))
        places = sorted(set(re.findall(r'loc\(.*?"([^"]*/[^"]*)"', reason)))
        where = f" (in {', '.join(places[:8])})" if places else ""
        raise RuntimeError(
            f"The model {model.name!r} uses {needed}{where}, which LiteRT's stock interpreter "
            "does not have. Replace the layers that make these operators; no file was written."
        )
    raise RuntimeError(
        f"The converter refused the model {model.name!r}; no file was written. It said:\n"
        f"{reason[-2000:]}"
    )


def _refuse_float(model, contents):
    kept = contents.float_operators()
    if kept:
        names = ", ".join(f"{operator} ({place})" for operator, place in kept[:8])
        more = f" and {len(kept) - 8} more" if len(kept) > 8 else ""
        raise RuntimeError(
            f"The int8 file of {model.name!r} would keep {len(kept)} operators in float: {names}"
            f"{more}. Quantize those layers too, replace them, or pass allow_float=True; no file "
            "was written."
        )


def _golden(path, samples, recipe):
    file = TFLiteFile(path)
    outputs = quantize(file.predict(samples[:8]), file.output)
    return golden({"input": quantize(samples[:8], file.input)}, {"output": outputs}, recipe)


def _end(contents, index, name):
    tensor = contents.tensors[index]
    return {
        "name": name,
        "shape": list(tensor.shape),
        "dtype": tensor.dtype,
        "scale": tensor.scale[0] if tensor.scale else None,
        "zero_point": tensor.zero_point[0] if tensor.zero_point else None,
    }

"""A Keras model as a .tflite file."""

import contextlib
import pathlib
import tempfile

from keras.backend import is_float_dtype

from keras_distill.export.contents.tflite_contents import read
from keras_distill.export.conversion.checked_arguments import (
    checked_input,
    checked_path,
    ranges_of,
    refuse_float_operators,
)
from keras_distill.export.conversion.disk_errors import disk_errors
from keras_distill.export.conversion.run_converter import run_converter
from keras_distill.export.proof.artefact import Artefact
from keras_distill.export.proof.examples import collect
from keras_distill.export.proof.golden import golden
from keras_distill.export.proof.manifest import check_labels, manifest, write_json
from keras_distill.export.proof.parity import Parity
from keras_distill.export.proof.signature import file_signature
from keras_distill.export.proof.thresholds import check_float, check_quantized
from keras_distill.export.serving.fixed_axes import fixed_axes
from keras_distill.export.serving.index_inputs import check_index_inputs
from keras_distill.export.serving.model_ends import model_ends
from keras_distill.export.serving.output_kinds import output_kinds
from keras_distill.export.serving.pixels import check_pixels
from keras_distill.export.serving.reference import reference
from keras_distill.export.serving.trace import call, write_saved_model
from keras_distill.files import atomic_path
from keras_distill.predictors.tflite_file import TFLiteFile

_MOST_CALIBRATION, _MOST_SAMPLES = 500, 1000


def to_tflite(
    model,
    path,
    recipe="float32",
    calibration_data=None,
    samples=None,
    labels=None,
    input=None,
    batch=1,
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
    path = checked_path(path)
    kind = checked_input(recipe, input, None)
    ends = model_ends(model)
    check_labels(labels, ends.outputs)
    if recipe in ("int8", "int16x8"):
        check_index_inputs(model)
    if calibration_data is not None:
        calibration_data, _ = collect(
            calibration_data, ends.inputs, _MOST_CALIBRATION, "calibration_data"
        )
    if samples is not None:
        samples, _ = collect(samples, ends.inputs, _MOST_SAMPLES, "samples")
    ends = fixed_axes(model, ends, samples)
    source = "samples"
    if samples is None and calibration_data is not None:
        samples, source = calibration_data, "calibration_data"
    elif samples is None:
        source = "generated"
    # Of the raw bytes of a file that is float inside, the graph makes floats.
    bytes_in = kind == "uint8" and recipe != "int8"
    raw = {end.name: "uint8" for end in ends.inputs if bytes_in and is_float_dtype(end.dtype)}
    if samples is not None:
        check_pixels(samples, raw)
    serve = call(model, ends)
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
            operators = write_saved_model(
                model, ends, scratch / "saved_model", raw=raw,
                batch=None if batch == "dynamic" else batch,
            )  # fmt: skip
            ranges = ranges_of(model, recipe, operators, calibration_data)
            file, samples, received = run_converter(
                model, scratch, recipe, calibration_data if ranges == "calibration" else None,
                samples, timeout, pixels=list(raw),
                io_type=kind if recipe == "int8" and kind != "float32" else None,
            )  # fmt: skip
        contents = read(file)
        if recipe == "int8" and not allow_float:
            refuse_float_operators(model, contents)
        expected = reference(ends, serve, samples, raw)
        parity = Parity.measure(expected, received, source)
        if recipe == "float32":
            check_float(parity, path.name)
        else:
            bar = ranges if recipe == "int8" else recipe
            classes = {name: values.shape[-1] for name, values in expected.items()}
            check_quantized(parity, path.name, bar, classes, minimum_agreement)
        kinds = output_kinds(model, ends, expected)
        page = manifest(
            file, kind="tflite", model=model, recipe=recipe, ranges=ranges, samples=samples,
            outputs=next(iter(kinds.values())) if len(kinds) == 1 else "unknown",
            labels=labels, parity=parity, file=path.name,
            calibration_examples=_count(calibration_data) if ranges == "calibration" else 0,
            signature=file_signature(TFLiteFile(file), kinds),
            float_operators=len(contents.float_operators()),
        )  # fmt: skip
        with disk_errors(path):
            write_json(targets[0], golden(file, samples, parity, recipe))
            write_json(targets[1], page)
            targets[2].write_bytes(file.read_bytes())
    return Artefact(path, parity, page)


def _count(examples):
    return len(next(iter(examples.values())))

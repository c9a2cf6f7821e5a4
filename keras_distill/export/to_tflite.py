"""A Keras model as a .tflite file."""

import contextlib
import pathlib
import tempfile

from keras_distill.export.contents.tflite_contents import read
from keras_distill.export.conversion.checked_arguments import (
    check_fake_quantization,
    checked_batch,
    checked_input,
    checked_path,
    checked_ranges,
    refuse_float_operators,
)
from keras_distill.export.conversion.disk_errors import disk_errors
from keras_distill.export.conversion.release_memory import release_memory
from keras_distill.export.conversion.run_converter import run_converter
from keras_distill.export.proof.artefact import Artefact
from keras_distill.export.proof.classes_seen import check_classes
from keras_distill.export.proof.golden import golden
from keras_distill.export.proof.manifest import checked_labels, manifest, write_json
from keras_distill.export.proof.parity import Parity
from keras_distill.export.proof.signature import file_signature
from keras_distill.export.proof.thresholds import check_parity
from keras_distill.export.proof.tokenization import tokenization_of
from keras_distill.export.serving.collected import collected, empty_text
from keras_distill.export.serving.fixed_axes import fixed_axes
from keras_distill.export.serving.index_inputs import check_index_inputs
from keras_distill.export.serving.metadata_of import metadata_of
from keras_distill.export.serving.model_ends import model_ends
from keras_distill.export.serving.normalizations import normalizations
from keras_distill.export.serving.pixels import check_pixels
from keras_distill.export.serving.serving import Serving
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
    output=None,
    preprocess=None,
    batch=1,
    keep_float=(),
    allow_float=False,
    minimum_agreement=None,
    licence=None,
    version=None,
    timeout=600,
    preprocessor=None,
):
    """Converts a model to a `.tflite` file that was compared with it before it is handed over.

    The conversion and the first run happen in a child process. `FILE.manifest.json` (how it
    was made) and `FILE.golden.json` (eight inputs with their outputs, for the app's own test)
    are written beside the file, and `FILE.vocab.txt` where a preprocessor makes its inputs of
    texts; either all appear, or none. The file runs on LiteRT's stock
    interpreter; a model that would need TensorFlow's operators beside it (Flex) is refused, and
    the layer named.

    The signature `serving_default` takes `input` and gives `output`. Several inputs or outputs
    have their names in Keras: the keys of a dict, else the names of the layers.

    Recipes, with what is small and what is integer:

    - `float32`: the model as it is.
    - `float16`: weights in half precision: half the size.
    - `dynamic_range`: weights int8, a quarter of the size; sums in float.
    - `int8`: weights and values int8. Ranges are those of training when the model was made by
      `keras_distill.compression.quantize_model`, else from `calibration_data`. An input of
      whole numbers, which an Embedding looks up, stays as it is.
    - `int16x8`: weights int8, values int16, from `calibration_data`; slow but for processors that
      have it in hardware. It takes and gives floats.

    Parity: a float32 file may differ by 1e-4 of the output range. Others must choose the same
    class as the Keras model on a share of the examples: 99 % with ranges from training and in
    float16, 97 % in int16x8, 95 % after calibration and in dynamic_range (one disagreement is
    always allowed). Examples are `samples`, else `calibration_data`; without both they are
    generated, always the same. A trained model's choice on generated examples means nothing, so
    there, and for an output of one number, the signal to noise must be at least 15 dB instead
    (20 dB in int16x8, 40 dB in float16). Every output has to pass.

    Recurrent layers: with `batch=1` a float file holds them as a loop. In an `int8` or `int16x8`
    file, or with `batch="dynamic"`, each time step is written out, up to 64 of them; the manifest
    names these layers under `unrolled`.

    Args:
        model: A built `keras.Model`, or one of a class of its own that was called once.
        path: Where to write; ends in `.tflite`. An older file is replaced.
        recipe: One of the above.
        calibration_data: For `int8` of a model without ranges from training, and for `int16x8`:
            an array `(n, …)`, for several inputs a dict or a list of arrays, or a
            `tf.data.Dataset` of batches of these, alone or as `(x, y)`; texts in place of arrays
            where there is a preprocessor. 500 are used at most: of arrays evenly spread, of a
            data set the first, so shuffle it.
        samples: Examples to compare on, in the same forms. At most 1000 are used. The golden
            vectors are of the first eight, and hold their texts where these are texts.
        labels: Names of the classes, for the manifest and inside the file: a list; with several
            outputs a dict from an output's name to such a list.
        input: Type of the file's inputs, where the model's are floats. `"float32"`: the default
            but for int8; an int8 file gives out floats then too. `"int8"`: the default for int8.
            `"uint8"`: an int8 file takes and gives uint8; any other file takes whole numbers
            from 0 to 255, as they are.
        output: `"probabilities"` adds a softmax to logits (a sigmoid to one), `"logits"` takes the
            last softmax or sigmoid off. None: as the model gives them.
        preprocess: The file takes raw pixels, uint8 from 0 to 255, and makes of them what the
            model is fed. `"include"`: the image converter of a KerasHub task, else pixels / 255,
            which is how `keras_distill.datasets` has them; or a Keras layer, such as
            `keras.layers.Rescaling(1 / 127.5, offset=-1)`. `samples` and `calibration_data` are
            raw pixels then, too.
        batch: 1, or `"dynamic"` for any number of examples at once.
        keep_float: Paths of layers, such as `"head"` or `"encoder/dense"`, that an int8 file keeps
            in float (after calibration only).
        allow_float: Whether an `int8` file may keep operators in float where it has to. After
            calibration, layer normalization and its kin stay float then, as in training: their
            variances do not fit into eight bits.
        minimum_agreement: Least share of equal choices, in place of those above.
        licence: Licence of the model, for the manifest and inside the file.
        version: Version of the model, for the manifest and inside the file.
        timeout: Seconds that the child process may take.
        preprocessor: What makes the model's numbers of texts: a KerasHub preprocessor, a
            `keras.layers.TextVectorization` or a function of a list of str. Defaults to
            `model.preprocessor`, as a KerasHub task has it. The manifest describes it under
            `tokenization`, so that `predictors.load` and an app take texts; of a function it
            says the name alone.

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
    kind = checked_input(recipe, input, preprocess)
    ends = model_ends(model)
    labels = checked_labels(labels, ends.outputs)
    integers = checked_ranges(model, recipe, calibration_data, keep_float)
    keep_float = [keep_float] if isinstance(keep_float, str) else list(keep_float)
    islands = []
    if allow_float and recipe == "int8" and integers == "calibration":
        islands = [path for path in normalizations(model) if path not in keep_float]
    if integers is not None:
        check_index_inputs(model)
    calibration_data, seen, texts = collected(
        model, ends, calibration_data, _MOST_CALIBRATION, "calibration_data", preprocessor
    )
    if samples is not None:
        samples, _, texts = collected(model, ends, samples, _MOST_SAMPLES, "samples", preprocessor)
    tokenization = tokenization_of(
        model, ends.inputs, preprocessor, texts, f"{path.name}.vocab.txt"
    )
    check_classes(seen, ends.outputs)
    known = empty_text(model, ends, tokenization) if samples is None else samples
    ends = fixed_axes(model, ends, known)
    source = "samples" if samples is not None else "calibration_data"
    samples = calibration_data if samples is None else samples
    serving = Serving(
        model, ends, preprocess, output, samples, integers=integers,
        bytes_in=kind == "uint8" and recipe != "int8",
        batch=checked_batch(model, batch, ends.batch),
        unroll='batch="dynamic"' if batch == "dynamic" else recipe if integers else None,
    )  # fmt: skip
    if samples is None:
        source = "generated"
    else:
        check_pixels(samples, serving.pixels, source)
    if calibration_data is not None:
        check_pixels(calibration_data, serving.pixels, "calibration_data")
    with contextlib.ExitStack() as stack:
        # All are tried at once, so that nothing is computed for a folder that cannot be
        # written; what is in the making lies elsewhere, so that kill -9 leaves nothing here.
        targets = {
            end: stack.enter_context(atomic_path(path.with_name(path.name + end)))
            for end in (".vocab.txt", ".golden.json", ".manifest.json", "")
        }
        scratch = pathlib.Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="keras_distill_"))
        )
        with disk_errors(path):
            operators, unrolled, scopes = serving.write(
                scratch / "saved_model", keep_float + islands
            )
            check_fake_quantization(model, recipe, operators, calibration_data)
            file, samples, received = run_converter(
                serving, scratch, recipe, timeout,
                calibration_data=calibration_data if integers == "calibration" else None,
                samples=samples, scopes=scopes, may_vanish=islands,
                io_type=kind if recipe == "int8" else "float32",
                metadata=metadata_of(serving, labels, licence, version),
            )  # fmt: skip
        contents = read(file)
        if recipe == "int8" and not allow_float:
            refuse_float_operators(model, contents, scopes)
        expected = serving.reference(samples)
        parity = Parity.measure(expected, received, source)
        check_parity(parity, path.name, recipe, integers, expected, minimum_agreement)
        ran, kinds = TFLiteFile(file), serving.form.told(expected)
        page = manifest(
            file, kind="tflite", model=model, recipe=recipe, ranges=integers, samples=samples,
            outputs=next(iter(kinds.values())) if len(kinds) == 1 else "unknown",
             labels=labels, parity=parity, file=path.name,
            licence=licence, version=version,
            calibration_examples=0 if integers != "calibration" else _count(calibration_data),
            signature=file_signature(ran, kinds),
            float_operators=len(contents.float_operators()),
            preprocess=serving.preprocessing and serving.preprocessing.described,
            unrolled=unrolled, keep_float=list(scopes), 
            **({} if tokenization is None else {"tokenization": tokenization.described}),
        )  # fmt: skip
        with disk_errors(path):
            if tokenization is not None and tokenization.content is not None:
                targets[".vocab.txt"].write_bytes(tokenization.content)
            write_json(targets[".golden.json"], _golden(ran, samples, recipe, texts))
            write_json(targets[".manifest.json"], page)
            targets[""].write_bytes(file.read_bytes())
    release_memory()
    return Artefact(path, parity, page)


def _count(examples):
    return len(next(iter(examples.values())))


def _golden(file, samples, recipe, texts):
    given = file.quantized({name: values[:8] for name, values in samples.items()})
    return golden(given, file.run(given), recipe, texts)

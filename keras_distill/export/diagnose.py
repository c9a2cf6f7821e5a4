"""Where a quantized file loses, and which layers to keep in float."""

import functools
import json
import pathlib
import tempfile

from keras_distill.export.conversion.float_file import float_file
from keras_distill.export.diagnosis.advice import advice
from keras_distill.export.diagnosis.diagnosis import Diagnosis
from keras_distill.export.diagnosis.layer_diagnosis import LayerDiagnosis
from keras_distill.export.diagnosis.smallest_set import smallest_set
from keras_distill.export.diagnosis.steps_of_a_file import StepsOfAFile
from keras_distill.export.proof.thresholds import AGREEMENT, SIGNAL_TO_NOISE_DB
from keras_distill.export.serving.collected import collected
from keras_distill.export.serving.fixed_axes import fixed_axes
from keras_distill.export.serving.model_ends import model_ends
from keras_distill.export.serving.serving import Serving
from keras_distill.export.to_tflite import to_tflite
from keras_distill.predictors.tflite_file import TFLiteFile

_EXAMPLES = 200
# The recipes whose activations are integers too.
_INTEGERS = ("int8", "int16x8")


def diagnose(
    model, artefact, data, preprocess=None, output=None, minimum_agreement=None, timeout=600
):
    """Finds the layers that a quantized file loses most by, says why, and proves a way out.

    For the int8 file that answers worse than its model. The model is converted to float32 too,
    and both files are cut into their operators. Each operator is run by itself, in integers and
    in float, on what the float file feeds it; the difference alone is then carried through the
    rest of the float network. So a layer is blamed for the error that arises in it and reaches
    the answer: not for what came in spoilt, and not for what the next layer ignores. One output
    channel a thousand times as wide as the others, for example, leaves that layer's own signal
    to noise high and the answer in ruins.

    If the file chooses other classes too often, the fewest layers that mend it are looked for,
    and the model is exported anew with them as `keep_float`, its ranges calibrated on `data`.

    A file that is not close enough is not handed over by `to_tflite`: export it with
    `minimum_agreement=0` to diagnose it.

    Args:
        model: The `keras.Model` that was exported.
        artefact: Its `.tflite` file: a path or an `Artefact`.
        data: Examples, as `samples` of `to_tflite`. At most 200 are used, and 32 of them to
            tell the layers apart.
        preprocess, output: What `to_tflite` was given for this file.
        minimum_agreement: Share of equal choices that is enough; by default what `to_tflite`
            asks for: 0.99 with ranges from training, else 0.95. A model with one output needs
            15 dB instead.
        timeout: Seconds that each conversion may take.

    Returns:
        A `Diagnosis`; print it.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is no `.tflite` file, or the data do not fit the model.
        RuntimeError: If the file was not made of this model.

    Example:

    ```python
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
    data = np.random.default_rng(0).normal(size=(20, 4))
    file = kd.export.to_tflite(model, "a.tflite", "int8", data, minimum_agreement=0.0)
    found = kd.export.diagnose(model, file, data)
    print(found)
    ```
    """
    path = pathlib.Path(artefact)
    if path.suffix != ".tflite":
        raise ValueError(
            f"Received the artefact {str(path)!r}. Expected a .tflite file: a SavedModel computes "
            "in float as the model does, and has nothing to diagnose."
        )
    ends = model_ends(model)
    samples, _, _ = collected(model, ends, data, _EXAMPLES, "data")
    ends = fixed_axes(model, ends, samples)
    batch = int(TFLiteFile(path).input["shape_signature"][0])
    made = _made(path)
    recipe, ranges = made.get("recipe", "int8"), made.get("ranges") or "calibration"
    bar = ranges if recipe == "int8" else recipe
    # A float32 file rounds nothing; it is held to what half precision is.
    least = AGREEMENT.get(bar, AGREEMENT["float16"])
    least = least if minimum_agreement is None else minimum_agreement
    decibels = SIGNAL_TO_NOISE_DB.get(bar, SIGNAL_TO_NOISE_DB["float16"])
    with tempfile.TemporaryDirectory(prefix="keras_distill_") as folder:
        folder = pathlib.Path(folder)
        serving = Serving(
            model, ends, preprocess, output, samples, batch=None if batch == -1 else batch,
            integers=ranges if recipe in _INTEGERS else None,
            unroll='batch="dynamic"' if batch == -1 else recipe if recipe in _INTEGERS else None,
        )  # fmt: skip
        first = {name: values[:1] for name, values in samples.items()}
        reference = float_file(serving, folder, first, timeout)
        steps = StepsOfAFile(model, path, reference, samples)
        layers = _layers(steps)
        before = steps.agreement()
        good = before.passes(least, decibels)
        kept = [] if good else _suggested(steps, layers, least, decibels)
        # What the file keeps in float already has to stay so in the next one.
        kept = kept and [*(made.get("keep_float") or ()), *kept]
        expected = steps.agreement(kept).share if kept else None
        after, size = None, None
        if kept and ranges == "calibration" and recipe == "int8":
            proof = to_tflite(
                model, folder / "kept.tflite", recipe, calibration_data=samples,
                keep_float=kept, batch="dynamic" if batch == -1 else 1, preprocess=preprocess,
                output=output, allow_float=True, minimum_agreement=0.0, timeout=timeout,
            )  # fmt: skip
            after = StepsOfAFile(model, proof.path, reference, samples).agreement()
            size = proof.path.stat().st_size
    needed = (
        f"an agreement of {least:.0%}"
        if before.choices
        else f"a signal to noise of {decibels:g} dB"
    )
    old = (before.share, before.snr_db, path.stat().st_size)
    new = None if after is None else (after.share, after.snr_db, size)
    return Diagnosis(
        path=path,
        examples=before.examples,
        layers=layers,
        keep_float=kept,
        needed=needed,
        agreement_before=before.share,
        agreement_expected=expected,
        agreement_after=new and new[0],
        snr_before=before.snr_db,
        snr_after=new and new[1],
        bytes_before=old[2],
        bytes_after=size,
        advice=advice(
            old, expected, new, bool(after) and after.passes(least, decibels),
            None if good else needed, kept, ranges, recipe, layers,
        ),
    )  # fmt: skip


def _made(path):
    """The manifest beside the file, if there is one."""
    manifest = path.with_name(f"{path.name}.manifest.json")
    return json.loads(manifest.read_text(encoding="utf-8")) if manifest.exists() else {}


def _layers(steps):
    measured, signals = steps.measured()
    places = {id(step): number for number, step in enumerate(steps.steps)}
    found = [
        LayerDiagnosis(
            layer=one.step.layer,
            operator=one.step.operator,
            tensor=one.step.output.name,
            position=places[id(one.step)],
            snr_db=one.snr_db,
            local_snr_db=one.local_snr_db,
            output_snr_db=one.output_snr_db(signals),
            low=one.low,
            high=one.high,
            dtype=one.step.output.dtype,
            scale=one.step.output.scale[0] if one.step.output.scale else 0.0,
            saturated=one.saturated,
            rounded_to_zero=one.rounded_to_zero,
            channel_spread=one.channel_spread,
            kernel_spread=one.kernel_spread,
            kernel_input_spread=one.kernel_input_spread,
            kernel_scales=one.step.kernel[2] if one.step.kernel else 0,
        )
        for one in measured
    ]
    return sorted(found, key=lambda one: one.output_snr_db)


def _suggested(steps, layers, least, decibels):
    """The fewest layers with which the file would pass, by its own ranges."""
    ranked = list(dict.fromkeys(one.layer for one in layers if one.layer))

    @functools.cache
    def passes(kept):
        return steps.agreement(kept).passes(least, decibels)

    found = smallest_set(ranked, steps.readers(), lambda kept: passes(frozenset(kept)))
    return found or []

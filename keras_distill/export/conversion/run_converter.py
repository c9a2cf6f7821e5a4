"""The converter, in a process of its own, and what it refused in words."""

import re

import numpy as np

from keras_distill.files import run_child


def run_converter(model, scratch, recipe, calibration_data, samples, timeout, **options):
    """Converts `scratch/saved_model` to `scratch/model.tflite` and runs it on the samples.

    Args:
        model: The Keras model, for its name.
        scratch: A folder.
        recipe: As in `to_tflite`.
        calibration_data: {input: examples}, or None.
        samples: {input: examples}; None: they are generated.
        timeout: Seconds that it may take.
        **options: More arguments of `convert`.

    Returns:
        `(file, samples, outputs)`, the last two as {name: array}.

    Raises:
        RuntimeError: The converter refused, crashed or took too long.
        OSError: The disk is full.
    """
    arguments = {"saved_model": str(scratch / "saved_model"), "recipe": recipe, **options}
    arguments |= {name: str(scratch / f"{name}.npz") for name in ("samples", "outputs")}
    arguments["file"] = str(scratch / "model.tflite")
    arguments["calibration_data"] = None
    if samples is not None:
        np.savez(arguments["samples"], **samples)
    if calibration_data is not None:
        arguments["calibration_data"] = str(scratch / "calibration.npz")
        np.savez(arguments["calibration_data"], **calibration_data)
    answer = run_child("keras_distill.export.conversion.convert", arguments, timeout)
    if "disk" in answer:
        raise OSError(answer["disk"])
    if "refused" in answer:
        _refuse(model, answer["refused"])
    read = [dict(np.load(arguments[n], allow_pickle=False)) for n in ("samples", "outputs")]
    return scratch / "model.tflite", *read


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

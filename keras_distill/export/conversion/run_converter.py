"""The converter, in a process of its own, and what it refused in words."""

import re

import numpy as np

from keras_distill.files import run_child


def run_converter(
    serving, scratch, recipe, timeout, *,
    calibration_data, samples, scopes, io_type, metadata, may_vanish=(),
):  # fmt: skip
    """Converts `scratch/saved_model` to `scratch/model.tflite` and runs it on the samples.

    Args:
        serving: The `Serving` that wrote it.
        scratch: A folder.
        recipe: As in `to_tflite`.
        timeout: Seconds that it may take.
        calibration_data: {input: examples}, or None.
        samples: {input: examples}; None: they are generated.
        scopes: {path: scope} of the layers that stay float.
        io_type: What the file takes and gives: `"float32"`, `"int8"` or `"uint8"`.
        metadata: Arguments of `embed`.
        may_vanish: Paths among them of which no operator need be left.

    Returns:
        `(file, samples, outputs)`, the last two as {name: array}.

    Raises:
        ValueError: A layer that was to stay float left nothing to be kept.
        RuntimeError: The converter refused, crashed or took too long.
        OSError: The disk is full.
    """
    arguments = {name: str(scratch / f"{name}.npz") for name in ("samples", "outputs")}
    arguments |= {
        "saved_model": str(scratch / "saved_model"),
        "file": str(scratch / "model.tflite"),
        "recipe": recipe,
        "calibration_data": None,
        "io_type": io_type,
        "pixels": serving.pixels,
        "scopes": list(scopes.values()),
        "metadata": metadata,
    }
    if samples is not None:
        np.savez(arguments["samples"], **samples)
    if calibration_data is not None:
        arguments["calibration_data"] = str(scratch / "calibration.npz")
        np.savez(arguments["calibration_data"], **serving.as_fed(calibration_data))
    answer = run_child("keras_distill.export.conversion.convert", arguments, timeout)
    if "disk" in answer:
        raise OSError(answer["disk"])
    if "refused" in answer:
        _refuse(serving, answer["refused"])
    lost = [path for path, scope in scopes.items() if scope in answer.get("not_found", ())]
    gone = [repr(path) for path in lost if path not in may_vanish]
    if gone:
        raise ValueError(
            f"`keep_float` names {', '.join(gone)}, but no operator of the file is that layer's "
            "own: the converter merged it into others. Name the layer before or after it."
        )
    read = [dict(np.load(arguments[n], allow_pickle=False)) for n in ("samples", "outputs")]
    return scratch / "model.tflite", *read


def _refuse(serving, reason):
    name = serving.model.name
    lacking = set(re.findall(r"'tf\.(\w+)' op is neither a custom op nor a flex op", reason))
    # Lists of tensors of a size that is not known: loops that cannot be kept, nor unrolled.
    lacking |= set(re.findall(r"'tf\.(TensorList\w+)' op requires element_shape", reason))
    if lacking:
        makers = serving.makers_of(lacking)
        places = ", ".join(repr(path) for path in sorted(makers)[:8])
        raise RuntimeError(
            f"The model {name!r} uses {', '.join(sorted(lacking))}"
            f"{f' (in {places})' if places else ''}, which LiteRT's stock interpreter does not "
            "have. Replace the layers that make these operators; no file was written."
        )
    raise RuntimeError(
        f"The converter refused the model {name!r}; no file was written. It said:\n{reason[-2000:]}"
    )

"""Asks the child process what a `.tflite` file costs."""

import contextlib
import os
import pathlib
import tempfile

import numpy as np

from keras_distill.files.run_child import run_child

_CHILD = pathlib.Path(__file__).with_name("litert_child.py")


def litert_process(job, paths, inputs=None, timeout=3600, **arguments):
    """Runs one job of `litert_child` in a fresh process, without TensorFlow.

    Args:
        job: `"load"` or `"turns"`.
        paths: Paths of `.tflite` files; one for `"load"`.
        inputs: None, one array `(n, …)` for files with one input, or `{name: array}`.
        timeout: Seconds after which the process is stopped.
        **arguments: The job's others.

    Returns:
        The job's answer, a dict.

    Raises:
        FileNotFoundError: There is no file at one of the paths.
        ValueError: A path is no `.tflite` file's; a file is damaged, needs Flex operators,
            cannot run on its inputs, or takes others than are given.
    """
    paths = [checked(path) for path in paths]
    where = {"path": str(paths[0])} if job == "load" else {"paths": [str(p) for p in paths]}
    with _stored(inputs) as file:
        answer = run_child(_CHILD, {"job": job, "inputs": file, **where, **arguments}, timeout)
    if "refused" in answer:
        raise ValueError(_sentence(answer["refused"], answer["path"], answer["reason"]))
    return answer


def checked(path):
    """The path of a `.tflite` file, or a sentence that says what is wrong with it."""
    path = pathlib.Path(path)
    if path.suffix != ".tflite" and path.exists():
        raise ValueError(
            f"Latency is measured of .tflite files. Received: {str(path)!r}. Export it first: "
            "keras-distill export MODEL.keras --output FILE.tflite."
        )
    if not path.is_file():
        raise FileNotFoundError(f"There is no .tflite file at {str(path)!r}: check the path.")
    return path


@contextlib.contextmanager
def _stored(inputs):
    if inputs is None:
        yield None
        return
    arrays = inputs if isinstance(inputs, dict) else {"input": inputs}
    with tempfile.TemporaryDirectory(prefix="keras_distill_") as folder:
        file = os.path.join(folder, "inputs.npz")
        np.savez(file, **{name: np.asarray(array) for name, array in arrays.items()})
        yield file


def _sentence(kind, path, reason):
    if kind == "inputs":
        return f"The inputs that were given do not fit {path!r}: it {reason}."
    if kind == "run":
        return (
            f"{path!r} could not run: {reason} If its inputs have a meaning (indices, lengths), "
            "give real ones: kd.footprint.compare_latency(files, inputs=…)."
        )
    if "Select TensorFlow op" in reason or "Flex" in reason:
        return (
            f"{path!r} needs TensorFlow operators (Flex) that the stock LiteRT interpreter does "
            f"not have: {reason} Export the model without them."
        )
    return (
        f"Could not read {path!r} as a .tflite model; the file is damaged or of another kind: "
        f"{reason} Copy or export it again."
    )

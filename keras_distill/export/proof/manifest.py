"""The page that lies beside an artefact and says how it was made."""

import dataclasses
import importlib.metadata
import json
import platform

from keras_distill.files import sha256

_PACKAGES = ("keras-distill", "keras", "tensorflow", "ai-edge-litert", "numpy")


def sizes(path):
    """`bytes` and `gzip_bytes` of a file or a folder, as a dict."""
    from keras_distill.footprint import file_bytes

    raw, compressed = file_bytes(path)
    return {"bytes": int(raw), "gzip_bytes": int(compressed)}


def manifest(path, *, kind, model, recipe, ranges, samples, outputs, labels, parity, **more):
    """What is to be known of the artefact at `path`, as a dict that JSON can hold.

    It depends on the model, the arguments and the versions alone: no date, no machine, no path.
    """
    return {
        "format": 1,
        "made_by": f"keras_distill.export.to_{kind}",
        "kind": kind,
        "model": model.name,
        "recipe": recipe,
        "ranges": ranges,
        "input_range": _ranges(samples),
        "outputs": outputs,
        "labels": None if labels is None else [str(label) for label in labels],
        **more,
        **sizes(path),
        "sha256": sha256(path),
        "parity": dataclasses.asdict(parity),
        "versions": {
            **{name: importlib.metadata.version(name) for name in _PACKAGES},
            "python": platform.python_version(),
        },
    }


def _ranges(samples):
    """[least, greatest] of the examples; {name: that} of several inputs."""
    found = {name: [float(a.min()), float(a.max())] for name, a in samples.items()}
    return found if len(found) > 1 else next(iter(found.values()))


def check_labels(labels, outputs):
    """Raises unless there is one label name for each value of an output's last axis.

    Args:
        labels: The names, or None.
        outputs: The outputs, each with `shape` of one example. Where there are several, the names
            are those of the first.
    """
    classes = outputs[0].shape[-1] if outputs[0].shape else 1
    if labels is not None and len(labels) != classes:
        raise ValueError(
            f"Received {len(labels)} labels for a model with {classes} outputs. Give one name "
            "for each output, in the order of the outputs."
        )


def write_json(path, content):
    """Writes a dict as indented JSON; lists of numbers stay on one line."""
    lines = [f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in content.items()]
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")

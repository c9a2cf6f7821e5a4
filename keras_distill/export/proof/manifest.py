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
        "labels": labels,
        **more,
        **sizes(path),
        "sha256": sha256(path),
        "parity": dataclasses.asdict(parity),
        "versions": {
            **{name: importlib.metadata.version(name) for name in _PACKAGES},
            "python": platform.python_version(),
        },
    }


def _strings(labels):
    return [str(label) for label in labels]


def _ranges(samples):
    """[least, greatest] of the examples; {name: that} of several inputs."""
    found = {name: [float(a.min()), float(a.max())] for name, a in samples.items()}
    return found if len(found) > 1 else next(iter(found.values()))


def checked_labels(labels, outputs):
    """The labels as strings, one for each value of an output's last axis.

    Args:
        labels: The names; of a model with several outputs {output: names}; or None.
        outputs: The outputs, each with `name` and `shape` of one example.
    """
    if labels is None:
        return None
    named = isinstance(labels, dict)
    labels = {n: _strings(v) for n, v in labels.items()} if named else _strings(labels)
    lengths = {end.name: end.shape[-1] if end.shape else 1 for end in outputs}
    if not named:
        if len(outputs) > 1:
            raise ValueError(
                f"Received a list of labels for a model with {len(outputs)} outputs. Give a dict "
                f"from an output's name ({', '.join(lengths)}) to its names."
            )
    for name, given in (labels if named else dict.fromkeys(lengths, labels)).items():
        if name not in lengths:
            raise ValueError(
                f"Received labels for {name!r}. Expected the name of an output: "
                f"{', '.join(lengths)}."
            )
        if len(given) != lengths[name]:
            called = "" if len(outputs) == 1 else f" in {name!r}"
            raise ValueError(
                f"Received {len(given)} labels for a model with {lengths[name]} outputs{called}. "
                "Give one name for each output, in the order of the outputs."
            )
    return labels


def write_json(path, content):
    """Writes a dict as indented JSON; lists of numbers stay on one line."""
    lines = [f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in content.items()]
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")

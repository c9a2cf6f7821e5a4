"""`describe`: what a model file is, for reading."""

import json
import pathlib

LEFT_OUT = ("tensors", "zeros", "manifest", "path", "kind", "bytes", "gzip_bytes")


def describe(path):
    """A few lines about a .keras file, a .tflite file or a SavedModel folder.

    Args:
        path: The file or folder.

    Raises:
        FileNotFoundError: if there is nothing.
        ValueError: if it is damaged or of another kind.
    """
    path = pathlib.Path(path)
    if path.suffix == ".keras":
        return "\n".join(_keras_lines(path))
    from keras_distill.export.describe import describe as read

    known = read(path)
    lines = [_first_line(path, known["kind"], known["bytes"], known["gzip_bytes"])]
    lines += [f"{key}: {_plain(known[key])}" for key in known if key not in LEFT_OUT]
    for name, share in known.get("zeros", {}).items():
        lines.append(f"zeros in {name}: {share:.1%}")
    if known["manifest"] is not None:
        lines += [f"manifest, {key}: {_plain(value)}" for key, value in known["manifest"].items()]
    return "\n".join(lines)


def _keras_lines(path):
    from keras_distill import footprint, predictors

    predictor = predictors.load(path)
    model = predictor.model
    return [
        _first_line(path, "keras", *footprint.file_bytes(path)),
        f"images {predictor.input_shape} → {model.output_shape[-1]} {predictor.outputs}",
        f"parameters: {footprint.parameters(model):,}",
        f"MACs: {footprint.macs(model):,}",
        f"zeros in kernels: {footprint.sparsity(model):.1%}",
    ]


def _first_line(path, kind, raw, zipped):
    return f"{path.name}: {kind}, {raw / 1024:.1f} KiB, {zipped / 1024:.1f} KiB gzip"


def _plain(value):
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

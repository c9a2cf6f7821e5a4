"""`describe`: what a model file is, for reading."""

import json
import pathlib
import textwrap

from keras_distill.pipeline.text_table import text_table

# The manifest says these again, or nothing that a person reads.
_LEFT_OUT = ("format", "kind", "file", "bytes", "gzip_bytes", "signature", "sha256")
_MOST = 8
_WIDTH = 100
_NAME = 60


def describe(path):
    """What a .keras file, a .tflite file or a SavedModel folder is.

    Args:
        path: The file or folder.

    Returns:
        (text for the terminal, a dict of the same facts that JSON can hold).

    Raises:
        FileNotFoundError: if there is nothing.
        ValueError: if it is damaged or of another kind.
    """
    path = pathlib.Path(path)
    if path.suffix == ".keras":
        known = _keras_facts(path)
        lines = _keras_lines(known)
    else:
        from keras_distill.export.describe import describe as read

        known = read(path)
        lines = _tflite_lines(known) if known["kind"] == "tflite" else []
        lines += _manifest_lines(known["manifest"])
    kib = [f"{known[key] / 1024:,.1f} KiB" for key in ("bytes", "gzip_bytes")]
    first = f"{path.name}: {known['kind']}, {kib[0]}, {kib[1]} gzip"
    return "\n".join([first, *lines]), known


def _keras_facts(path):
    from keras_distill import footprint, predictors

    predictor = predictors.load(path)
    model = predictor.model
    raw, zipped = footprint.file_bytes(path)
    return {
        "path": str(path),
        "kind": "keras",
        "bytes": int(raw),
        "gzip_bytes": int(zipped),
        "input_shape": list(predictor.input_shape),
        "classes": model.output_shape[-1],
        "outputs": predictor.outputs,
        "parameters": footprint.parameters(model),
        # Of transformers and recurrent layers `macs` counts next to nothing.
        **({} if predictor.texts else {"macs": footprint.macs(model)}),
        "sparsity": footprint.sparsity(model),
    }


def _keras_lines(known):
    fed = f"images {tuple(known['input_shape'])}" if known["input_shape"] else "texts"
    return [
        f"{fed} → {known['classes']} {known['outputs']}",
        f"parameters: {known['parameters']:,}",
        *([f"MACs: {known['macs']:,}"] if "macs" in known else []),
        f"zeros in kernels: {known['sparsity']:.1%}",
    ]


def _tflite_lines(known):
    dtypes = ", ".join(f"{count} {dtype}" for dtype, count in known["dtypes"].items())
    lines = _metadata_lines(known["metadata"]) + _end_lines(known)
    lines += _operator_lines(known["xnnpack"])
    lines += _wrapped(_micro(known["microcontroller"]))
    lines += _wrapped(f"tensors: {dtypes}")
    float_operators = [f"{name} ({_short(place)})" for name, place in known["float_operators"]]
    quantized = any(t["scale"] and not t["constant"] for t in known["tensors"])
    if float_operators and quantized:
        lines += _wrapped(f"operators that give out floats: {_some(float_operators)}")
    shares = known["zeros"].values()
    if max(shares, default=0) >= 0.0005:
        lines.append(
            f"zeros in {len(shares)} kernels: {min(shares):.1%} to {max(shares):.1%} of each"
        )
    return lines


def _metadata_lines(metadata):
    if metadata is None:
        return ["metadata: none in the file"]
    named = ("name", "description", "version", "author", "licence")
    lines = _wrapped(
        "metadata: " + ", ".join(f"{key} {metadata[key]}" for key in named if metadata[key])
    )
    labels = metadata["labels"]
    for output, names in (labels if isinstance(labels, dict) else {"": labels or []}).items():
        if names:
            lines += _wrapped(f"{len(names)} labels{output and f' of {output}'}: {_some(names)}")
    return lines


def _end_lines(known):
    told = known["metadata"] or {}
    rows = []
    for ends in ("inputs", "outputs"):
        # In the file's order, both.
        for tensor, meant in zip(known[ends], told.get(ends) or [{}] * len(known[ends])):  # noqa: B905
            rows.append(
                {
                    "": ends[:-1],
                    "name": _short(meant.get("name") or tensor["signature_name"] or tensor["name"]),
                    "dtype": tensor["dtype"],
                    "shape": " × ".join("n" if n < 0 else str(n) for n in tensor["shape"]),
                    "scale": _numbers(tensor["scale"]),
                    "zero point": _numbers(tensor["zero_point"]),
                    "mean": _numbers(meant.get("mean")),
                    "std": _numbers(meant.get("std")),
                    "what": meant.get("description") or "",
                }
            )
    return ["", *text_table(rows, left=("", "name", "dtype", "shape", "what")), ""]


def _operator_lines(xnnpack):
    whole = sum(row["work"] for row in xnnpack["operators"])
    rows = []
    for name in dict.fromkeys(row["operator"] for row in xnnpack["operators"]):
        own = [row for row in xnnpack["operators"] if row["operator"] == name]
        taken = sum(row["xnnpack"] for row in own)
        work = sum(row["work"] for row in own)
        rows.append(
            {
                "operator": name,
                "number": str(len(own)),
                "in XNNPACK": str(taken) if taken else "–",
                "work": f"{work:,}",
                "of all": f"{work / whole:.1%}" if whole else "–",
            }
        )
    rows.sort(key=lambda row: -int(row["work"].replace(",", "")))
    pieces = xnnpack["partitions"]
    sentence = (
        f"XNNPACK, LiteRT's fast kernels: {_share(xnnpack['fraction'])} of the work (multiply-"
        f"accumulates, else elements) in {pieces} {'piece' if pieces == 1 else 'pieces'}."
    )
    if any(row["subgraph"] for row in xnnpack["operators"]):
        sentence += " A loop's body counts once."
    left = [
        f"{row['operator']} ({_short(row['output'])})"
        for row in sorted(xnnpack["operators"], key=lambda row: -row["work"])
        if not row["xnnpack"]
    ]
    lines = [*text_table(rows, left=("operator",)), "", *_wrapped(sentence)]
    return lines + (_wrapped(f"falling back: {_some(left)}") if left else [])


def _micro(micro):
    if micro["runs"]:
        return f"TensorFlow Lite Micro: has every operator ({micro['source']})"
    reasons = [f"{name} missing" for name in micro["missing"]] + micro["refused"]
    return f"TensorFlow Lite Micro: does not run it: {'; '.join(reasons)} ({micro['source']})"


def _manifest_lines(manifest):
    lines = []
    for key, value in (manifest or {}).items():
        if key not in _LEFT_OUT and value is not None:
            plain = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            lines += _wrapped(f"manifest, {key}: {plain}")
    return lines


def _share(fraction):
    """Never 100 % of what is not all."""
    return "more than 99.9%" if 0.9995 <= fraction < 1 else f"{fraction:.1%}"


def _numbers(values):
    values = values or []
    text = ", ".join(f"{value:.6g}" for value in values[:3])
    return f"{text} …" if len(values) > 3 else text


def _short(name):
    """The converter joins the names of all that it fused; the first is where it began."""
    name = name.split(";")[0]
    return name if len(name) <= _NAME else f"…{name[1 - _NAME :]}"


def _some(names):
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return ", ".join(names[:_MOST]) + more


def _wrapped(line):
    return textwrap.wrap(line, _WIDTH, subsequent_indent="  ", break_long_words=False)

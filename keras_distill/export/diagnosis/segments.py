"""A quantized file and its float file, cut into the steps that both have."""

import pathlib

from keras_distill.export.contents.cut_out import cut_out
from keras_distill.export.contents.tflite_contents import read
from keras_distill.export.diagnosis.matched_tensors import matched_tensors
from keras_distill.export.diagnosis.segment import Segment


def segments(quantized, reference):
    """Cuts two files of one model into steps that can be run by themselves.

    A step is one operator, or a few where the two files do not agree on what lies between.

    Args:
        quantized: Path of the quantized file.
        reference: Path of the float32 file.

    Returns:
        `(steps, outputs)`: `Segment`s in the order they run, and the numbers of the quantized
        file's outputs.

    Raises:
        RuntimeError: If an output of one file cannot be found in the other.
    """
    theirs, ours = read(quantized), read(reference)
    their_model, our_model = _parsed(quantized), _parsed(reference)
    known = matched_tensors(theirs, ours)
    made = []
    for i in theirs.inputs:
        if theirs.tensors[i].scale:
            made.append(Segment("INPUT", (i,), (i,), theirs.tensors, None, None, (0,)))
    for number, operator in enumerate(theirs.operators):
        if not all(i in known for i in operator.outputs):
            continue
        numbers, front = _behind(theirs, number, known)
        if operator.name in ("QUANTIZE", "DEQUANTIZE"):
            reached, order, other = [known[i] for i in front], (0,), None
        else:
            stops = set(known.values())
            at = next(n for n, o in enumerate(ours.operators) if known[operator.outputs[0]] in
                      o.outputs)  # fmt: skip
            other, reached = _behind(ours, at, stops)
        if not front or {known[i] for i in front} != set(reached):
            for i in operator.outputs:
                del known[i]
            continue
        cut = cut_out(their_model, numbers, front, operator.outputs)
        kernel = None
        if other is not None:
            order = tuple(next(p for p, i in enumerate(front) if known[i] == r) for r in reached)
            kernel = _kernel(ours, other, theirs, numbers)
            other = cut_out(our_model, other, reached, [known[i] for i in operator.outputs])
        made.append(
            Segment(operator.name, front, operator.outputs, theirs.tensors, cut, other, order,
                    kernel, _names(theirs, numbers, operator))
        )  # fmt: skip
    lost = [i for i in theirs.outputs if i not in known]
    if lost:
        names = ", ".join(repr(theirs.tensors[i].name) for i in lost)
        raise RuntimeError(
            f"The output {names} of {str(quantized)!r} was not found in the float file of the "
            "model: they were not made of one model and in one form. Give the model that "
            "the file was exported from, and the `preprocess` and `output` that it was exported "
            "with."
        )
    return made, theirs.outputs


def _parsed(path):
    from ai_edge_litert import schema_py_generated as schema

    content = pathlib.Path(path).read_bytes()
    return schema.ModelT.InitFromObj(schema.Model.GetRootAs(content, 0))


def _behind(contents, number, stops):
    """The operators from one back to the nearest of `stops`, and which of these they read."""
    makers = {i: n for n, o in enumerate(contents.operators) for i in o.outputs}
    found, front, open_ = {number}, [], [number]
    while open_:
        for i in contents.operators[open_.pop()].inputs:
            if contents.tensors[i].data is not None:
                continue
            if i in stops:
                if i not in front:
                    front.append(i)
            elif i in makers and makers[i] not in found:
                found.add(makers[i])
                open_.append(makers[i])
    return sorted(found), tuple(front)


def _names(contents, numbers, operator):
    """What the operator gives and the constants behind it are called; a layer may be in it."""
    outputs = [contents.tensors[i].name for i in operator.outputs]
    return outputs + [tensor.name for _, tensor in _constants(contents, numbers)]


def _kernel(ours, other, theirs, numbers):
    """(operator, float kernel, number of its scales in the quantized file), or None.

    The kernel is the largest constant of two axes or more.
    """
    floats = [(o, t.data) for o, t in _constants(ours, other) if t.data.dtype.kind == "f"]
    operator, kernel = max(floats, key=lambda one: one[1].size, default=(None, None))
    if kernel is None or kernel.ndim < 2:
        return None
    scales = [len(t.scale) for _, t in _constants(theirs, numbers) if t.data.size == kernel.size]
    return operator, kernel, max(scales, default=0)


def _constants(contents, numbers):
    return [
        (contents.operators[n].name, contents.tensors[i])
        for n in numbers
        for i in contents.operators[n].inputs
        if contents.tensors[i].data is not None
    ]

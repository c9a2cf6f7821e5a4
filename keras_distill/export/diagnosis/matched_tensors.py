"""Which tensor of a float file a tensor of a quantized file stands for."""

_MOVERS = ("QUANTIZE", "DEQUANTIZE")


def matched_tensors(quantized, reference):
    """Pairs the tensors of two files that were made of one model.

    The converter names a fused operator after its parts, not always the same ones, so the
    graphs are walked side by side from their inputs: an operator answers to the one of the
    same type that reads the matching tensors. Names decide where several do, and stand in
    where none does.

    Args:
        quantized: The `TFLiteContents` of the quantized file.
        reference: Those of the float32 file.

    Returns:
        {tensor of the quantized file: tensor of the float file}, both as numbers. QUANTIZE
        and DEQUANTIZE give what they take, so several may stand for one.
    """
    known = dict(zip(quantized.inputs, reference.inputs, strict=True))
    taken = set()
    named = {reference.tensors[i].name: i for o in reference.operators for i in o.outputs}
    produced = {i: o for o in reference.operators for i in o.outputs}
    for operator in quantized.operators:
        if operator.name in _MOVERS:
            if operator.inputs[0] in known:
                known[operator.outputs[0]] = known[operator.inputs[0]]
            continue
        reads = [known[i] for i in operator.inputs if i in known]
        fitting = [
            (number, other)
            for number, other in enumerate(reference.operators)
            if number not in taken
            and _fits(operator, other, reads, set(known.values()))
            and _shapes(quantized, operator) == _shapes(reference, other)
        ]
        if fitting:
            names = _parts(quantized, operator)
            number, other = max(
                fitting, key=lambda one: (len(names & _parts(reference, one[1])), -one[0])
            )
            taken.add(number)
            known.update(zip(operator.outputs, other.outputs, strict=True))
            continue
        shapes = _shapes(quantized, operator)
        for i in operator.outputs:
            other = named.get(quantized.tensors[i].name)
            if other is not None and _shapes(reference, produced[other]) == shapes:
                known[i] = other
    return known


def _fits(operator, other, reads, known):
    return (
        bool(reads)
        and other.name == operator.name
        and sorted(i for i in other.inputs if i in known) == sorted(reads)
    )


def _shapes(contents, operator):
    return [contents.tensors[i].shape for i in operator.outputs]


def _parts(contents, operator):
    """The names that the converter joined, of what the operator makes and of its constants."""
    names = [contents.tensors[i].name for i in operator.outputs]
    names += [contents.tensors[i].name for i in operator.inputs if _constant(contents, i)]
    return {part for name in names for part in name.split(";") if part}


def _constant(contents, number):
    return contents.tensors[number].data is not None

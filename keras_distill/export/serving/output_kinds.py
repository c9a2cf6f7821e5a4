"""Whether each output of a model is logits or probabilities."""

import keras

from keras_distill.predictors import output_kind


def output_kinds(model, ends, outputs=None):
    """Tells logits from probabilities, output by output.

    Args:
        model: The `keras.Model`.
        ends: Its `ModelEnds`.
        outputs: {name: array} to judge by where the layers do not tell. Optional.

    Returns:
        {name: `"logits"`, `"probabilities"` or `"unknown"`}.
    """
    graph = getattr(model, "_functional", None) or model
    tensors = keras.tree.flatten(getattr(graph, "outputs", None) or [])
    kinds = {}
    for number, end in enumerate(ends.outputs):
        if len(ends.outputs) == 1:
            judged = model
        else:
            judged = tensors[number] if tensors else None
        kinds[end.name] = output_kind(judged, None if outputs is None else outputs[end.name])
    return kinds

"""The layers whose channels are a model's outputs: classifiers, for most."""

import keras

from keras_distill.models.layer_widths import is_depthwise, width_key


def output_layers(model):
    """The layers that must keep their width, or the model's output would change.

    Found by going back from the outputs to the first layer that makes channels of its
    own, through softmax, pooling, reshaping, sums and whatever else passes them on.

    Args:
        model: A built Functional or Sequential model, nested models included.

    Returns:
        A list of layers.
    """
    found = []
    _back(model, found)
    return found


def _back(model, found):
    """Adds a model's own; which of its inputs are passed on to its outputs."""
    if isinstance(model, keras.Sequential):
        model = model._functional
        if model is None:
            raise ValueError(
                "`narrow` needs to know the shapes. Received: a Sequential model that was never "
                "built. Give it a keras.Input or call it on data first."
            )
    own = [id(each) for each in model.inputs]
    waiting, seen, reached = list(model.outputs), set(), set()
    while waiting:
        tensor = waiting.pop()
        if id(tensor) in seen:
            continue
        seen.add(id(tensor))
        if id(tensor) in own:
            reached.add(own.index(id(tensor)))
            continue
        operation, index, _ = tensor._keras_history
        given = operation._inbound_nodes[index].input_tensors
        if isinstance(operation, keras.Model):
            waiting.extend(given[each] for each in _back(operation, found))
        elif width_key(operation) is None or is_depthwise(operation):
            waiting.extend(given)
        else:
            found.append(operation)
    return reached

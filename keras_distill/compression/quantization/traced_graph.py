"""Who feeds whom inside a composite layer, found by running it once on symbols."""

import functools

import keras

from keras_distill.compression.graph.inner_layers import inner_layers
from keras_distill.compression.graph.replaced_calls import replaced_calls
from keras_distill.compression.quantization.layer_graph import LayerGraph

_MOVING = ("ExpandDims", "Identity", "Reshape", "Squeeze", "StridedSlice", "Transpose")


def traced_graph(layer, args, kwargs):
    """Call a built composite layer on symbols and note which inner layer feeds which.

    Args:
        layer: the composite layer. Nothing is assigned to its variables.
        args: positional arguments of its call, with `keras.KerasTensor` for tensors.
        kwargs: its other arguments.

    Returns:
        (`LayerGraph`, list of the innermost layers in the order of their calls). A layer that
        is fed by an operation that no layer owns has `None` among its producers (an InputLayer
        stands for what the composite is fed), and one that feeds such an operation, or the
        world outside, `None` among its consumers. The graph's `results` are the layers that
        made what the composite returns, its `shapes` the (layer, input shape, output shape) of
        each call.
    """
    leaves = [one for one in inner_layers(layer).values() if not inner_layers(one)]
    calls = []

    def note(one, original, /, *args, **kwargs):
        graph = _graph_of((args, kwargs))
        before = len(graph.get_operations())
        outputs = original(*args, **kwargs)
        operations = graph.get_operations()[before:]
        calls.append((one, _tensors((args, kwargs)), _tensors(outputs), operations))
        return outputs

    traced = []

    def run(*args, **kwargs):
        given = _tensors((args, kwargs))
        with replaced_calls({one: functools.partial(note, one) for one in leaves}):
            outputs = layer(*args, **kwargs)
        traced.append(_connect(calls, given, _tensors(outputs)))
        return outputs

    args, kwargs = keras.tree.map_structure(_fresh, (args, kwargs))
    # Without the operations of training the folding of layers is as the converter sees it.
    if "training" in layer.call_signature_parameters:
        kwargs["training"] = False
    _compute_output_spec(run, args, kwargs)
    return traced[0], list(dict.fromkeys(call[0] for call in calls))


def calls_inside(layer, nodes):
    """(inner layer, input shape, output shape) of the calls that a composite layer makes.

    Args:
        layer: the composite layer.
        nodes: those of a graph where it, or a wrapper of it, is called.
    """
    calls = []
    for node in nodes:
        try:
            graph, _ = traced_graph(layer, node.arguments.args, node.arguments.kwargs)
        except Exception:
            # Whatever a call does that symbols cannot follow: nothing is known of it.
            return []
        calls += graph.shapes
    return calls


def _compute_output_spec(function, args, kwargs):
    class Symbolic(keras.Operation):
        def call(self, *args, **kwargs):
            return function(*args, **kwargs)

    return Symbolic().compute_output_spec(*args, **kwargs)


def _connect(calls, given, outputs):
    graph = LayerGraph()
    outside = keras.layers.InputLayer(batch_shape=(None,), name="outside")
    maker, owner = {id(tensor): outside for tensor in given}, {}

    def made_by(tensor):
        # What only moves values, as a reshape does, leaves them as quantized as they were.
        while id(tensor) not in maker and tensor.op.type in _MOVING and tensor.op not in owner:
            tensor = tensor.op.inputs[0]
        return maker.get(id(tensor))

    for layer, inputs, made, operations in calls:
        graph.producers.setdefault(layer, []).extend(made_by(tensor) for tensor in inputs)
        for tensor in made:
            # A Dropout that lets its input through at inference has made nothing.
            maker.setdefault(id(tensor), layer)
        owner.update((operation, layer) for operation in operations)
    graph.results = [made_by(tensor) for tensor in outputs]
    graph.shapes = [
        (layer, tuple(inputs[0].shape), tuple(made[0].shape))
        for layer, inputs, made, _ in calls
        if inputs and made
    ]
    ends = {id(tensor) for tensor in outputs}
    for layer, inputs, made, _ in calls:
        consumers = graph.consumers.setdefault(layer, [])
        passed = {id(tensor) for tensor in inputs}
        for tensor in made:
            if id(tensor) in passed:
                continue
            eaters = {owner.get(operation) for operation in tensor.consumers()}
            consumers.extend(sorted(eaters, key=lambda one: "" if one is None else one.name))
            if id(tensor) in ends:
                consumers.append(None)
    return graph


def _tensors(structure):
    return [one for one in keras.tree.flatten(structure) if hasattr(one, "consumers")]


def _graph_of(structure):
    import tensorflow as tf

    tensors = _tensors(structure)
    return tensors[0].graph if tensors else tf.compat.v1.get_default_graph()


def _fresh(value):
    if isinstance(value, keras.KerasTensor):
        # The model's own tensor would remember this call as one of its consumers.
        return keras.KerasTensor(value.shape, value.dtype)
    return value

"""Which layers of a model make an operator."""

import keras

from keras_distill.export.serving.layer_paths import layer_paths
from keras_distill.export.serving.patched_calls import patched_calls


def layers_that_make(model, trace, operators):
    """The paths of the layers, or operations of `keras.ops`, that make operators of these types.

    Args:
        model: A `keras.Model`.
        trace: Called without arguments; traces the model in a `tf.function`.
        operators: Types, such as `{"Erfinv"}`.

    Returns:
        {path: types that it makes}. Of layers in layers only the innermost are named.
    """
    import tensorflow as tf

    made = {}

    def around(path, layer, call, *args, **kwargs):
        graph = tf.compat.v1.get_default_graph()
        before = len(graph.get_operations())
        outputs = call(*args, **kwargs)
        new = graph.get_operations()[before:]
        types = {each.type for each in new} | _inside(graph, new)
        made.setdefault(path, set()).update(types & set(operators))
        return outputs

    parts = layer_paths(model) | _operations(model)
    with patched_calls(parts, around):
        trace()
    found = {path: types for path, types in made.items() if types}
    return {
        path: types
        for path, types in found.items()
        if not any(other.startswith(f"{path}/") and found[other] & types for other in found)
    }


def _operations(model):
    """{path: operation} of the graph itself, which are no layers."""
    graphs = {"": model} | {f"{path}/": layer for path, layer in layer_paths(model).items()}
    found = {}
    for prefix, graph in graphs.items():
        graph = getattr(graph, "_functional", None) or graph
        for operation in getattr(graph, "operations", None) or ():
            if not isinstance(operation, keras.Layer):
                found[f"{prefix}{operation.name}"] = operation
    return found


def _inside(graph, operations):
    """Types in the functions that operations call: bodies of loops, branches."""
    called = {
        value.func.name
        for operation in operations
        for value in operation.node_def.attr.values()
        if value.HasField("func")
    }
    if not called:
        return set()
    library = {f.signature.name: f for f in graph.as_graph_def().library.function}
    types, seen = set(), set()
    while called:
        name = called.pop()
        if name in seen or name not in library:
            continue
        seen.add(name)
        for node in library[name].node_def:
            types.add(node.op)
            called |= {v.func.name for v in node.attr.values() if v.HasField("func")}
    return types

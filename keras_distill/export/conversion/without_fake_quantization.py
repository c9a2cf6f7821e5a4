"""A SavedModel without the rounding that quantization-aware training put into it."""

import pathlib

_ROUNDING = {
    "FakeQuantWithMinMaxArgs",
    "FakeQuantWithMinMaxVars",
    "FakeQuantWithMinMaxVarsPerChannel",
}


def without_fake_quantization(folder):
    """Changes a SavedModel on disk so that its fake quantization lets values through.

    What is left is the float model with the weights that training found. Names stay, so its
    operators can be found again in a file made of the model as it was.

    Args:
        folder: The SavedModel; changed in place.

    Returns:
        How many operators were changed.
    """
    from tensorflow.core.protobuf import saved_model_pb2

    path = pathlib.Path(folder) / "saved_model.pb"
    saved = saved_model_pb2.SavedModel.FromString(path.read_bytes())
    changed = 0
    for graph in (meta.graph_def for meta in saved.meta_graphs):
        changed += len(_let_through(graph.node))
        for function in graph.library.function:
            names = _let_through(function.node_def)
            changed += len(names)
            # Inside functions an output is called by its name too, which is another now.
            for node in function.node_def:
                for place, given in enumerate(node.input):
                    node.input[place] = _renamed(given, names)
            for key, given in function.ret.items():
                function.ret[key] = _renamed(given, names)
    path.write_bytes(saved.SerializeToString())
    return changed


def _let_through(nodes):
    from tensorflow.core.framework import types_pb2

    names = set()
    for node in nodes:
        if node.op in _ROUNDING:
            names.add(node.name)
            del node.input[1:]
            node.op = "Identity"
            node.attr.clear()
            node.attr["T"].type = types_pb2.DT_FLOAT
    return names


def _renamed(given, names):
    name, _, rest = given.partition(":")
    return f"{name}:output:0" if name in names and rest.startswith("outputs") else given

"""Which operators of a .tflite file XNNPACK takes: what the interpreter does with this file."""

import pathlib

from keras_distill.export.contents.operator_work import known_shapes, operator_work
from keras_distill.export.contents.tflite_contents import read


def delegates(path):
    """Tells which operators run in XNNPACK, LiteRT's fast kernels, and which fall back.

    The file is opened with XNNPACK, as an app opens it by default, and the interpreter's plan is
    read: nothing is assumed of an operator. Each subgraph (the body of a loop) is opened
    as a model of its own. A loop's body counts once: how often it runs is not in the file.

    Args:
        path: A `.tflite` file.

    Returns:
        A dict: `fraction`, the share of the work (multiply-accumulates, or elements where
        nothing is multiplied) that XNNPACK does, in [0, 1]; `partitions`, the number of pieces
        that XNNPACK gets: between two of them tensors are handed over; and `operators`, a list of
        dicts in the file's order: `subgraph`, `operator`, `output` (name of its first), `work`
        and `xnnpack`, whether it runs there.

    Raises:
        FileNotFoundError: If there is none.
        ValueError: If it is damaged.
    """
    contents = read(path)
    content = pathlib.Path(path).read_bytes()
    rows, partitions = [], 0
    for number, graph in enumerate(contents.graphs):
        alone = content if number == 0 else _with_main(content, number)
        plain, delegated = _opened(alone, False), _opened(alone, True)
        nodes = delegated._get_ops_details()
        # What XNNPACK takes is appended to the plan as nodes of their own.
        pieces = [node for node in nodes if node["index"] >= len(graph.operators)]
        taken = set().union(*(_inside(graph.operators, piece) for piece in pieces))
        partitions += len(pieces)
        shapes = known_shapes(graph, plain)
        constant = [tensor.data is not None for tensor in graph.tensors]
        rows += [
            {
                "subgraph": number,
                "operator": operator.name,
                "output": graph.tensors[operator.outputs[0]].name if operator.outputs else "",
                "work": operator_work(operator, shapes, constant),
                "xnnpack": index in taken,
            }
            for index, operator in enumerate(graph.operators)
        ]
    whole = sum(row["work"] for row in rows)
    fast = sum(row["work"] for row in rows if row["xnnpack"])
    return {"fraction": fast / whole if whole else 0.0, "partitions": partitions, "operators": rows}


def _opened(content, delegated):
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    kinds = OpResolverType
    kind = kinds.BUILTIN if delegated else kinds.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    interpreter = Interpreter(
        model_content=content, experimental_op_resolver_type=kind, num_threads=1
    )
    interpreter.allocate_tensors()
    return interpreter


def _inside(operators, piece):
    """Indices of the operators between the tensors that a delegate's node reads and writes."""
    makers = {int(t): i for i, operator in enumerate(operators) for t in operator.outputs}
    reached, inside = {int(t) for t in piece["inputs"]}, set()
    waiting = [int(t) for t in piece["outputs"]]
    while waiting:
        tensor = waiting.pop()
        if tensor in reached or tensor not in makers:
            continue
        reached.add(tensor)
        inside.add(makers[tensor])
        waiting += operators[makers[tensor]].inputs
    return inside


def _with_main(content, number):
    """The same model with another subgraph as the first, which is the one that is run."""
    import flatbuffers
    from ai_edge_litert import schema_py_generated as schema

    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(content, 0))
    graphs = model.subgraphs
    graphs[0], graphs[number] = graphs[number], graphs[0]
    places = {0: number, number: 0}
    for operator in (operator for graph in graphs for operator in graph.operators or ()):
        for options in (operator.builtinOptions, operator.builtinOptions2):
            # WHILE's condSubgraphIndex and bodySubgraphIndex, IF's, CALL_ONCE's …
            for name in vars(options) if options is not None else ():
                if name.endswith("SubgraphIndex"):
                    index = getattr(options, name)
                    setattr(options, name, places.get(index, index))
    model.signatureDefs = None
    builder = flatbuffers.Builder(len(content))
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())

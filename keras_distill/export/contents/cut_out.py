"""Some operators of a .tflite file as a file of their own."""

import copy

# These hold numbers of other subgraphs of their file, and so keep all of them.
_CALLING = ("WHILE", "IF", "CALL_ONCE", "STABLEHLO_WHILE", "STABLEHLO_COMPOSITE")


def cut_out(model, operators, inputs, outputs):
    """A file that runs a few operators of another, with the constants that they read.

    It answers what one operator does to given numbers, whatever stands before it.

    Args:
        model: The file, as `ai_edge_litert.schema_py_generated.ModelT`; it is not changed.
        operators: Numbers of operators of the first subgraph, in the order they run.
        inputs: Numbers of the tensors that the new file is fed, in this order.
        outputs: Numbers of the tensors that it gives.

    Returns:
        The file's content, bytes.
    """
    import flatbuffers
    from ai_edge_litert import schema_py_generated as schema

    whole = model.subgraphs[0]
    chosen = [copy.copy(whole.operators[number]) for number in operators]
    new_tensors, new_buffers, buffers = {}, {0: 0}, [schema.BufferT()]
    tensors = []

    def buffer_number(old):
        if old not in new_buffers:
            new_buffers[old] = len(buffers)
            buffers.append(model.buffers[old])
        return new_buffers[old]

    def tensor_number(old):
        if old < 0:  # An optional input that is left out.
            return old
        if old not in new_tensors:
            new_tensors[old] = len(tensors)
            tensor = copy.copy(whole.tensors[old])
            tensor.buffer = buffer_number(tensor.buffer)
            tensors.append(tensor)
        return new_tensors[old]

    graph = schema.SubGraphT()
    graph.inputs = [tensor_number(number) for number in inputs]
    for operator in chosen:
        operator.inputs = [tensor_number(number) for number in operator.inputs]
        operator.outputs = [tensor_number(number) for number in operator.outputs]
        if operator.intermediates is not None:
            operator.intermediates = [tensor_number(number) for number in operator.intermediates]
    graph.outputs = [tensor_number(number) for number in outputs]
    graph.tensors, graph.operators = tensors, chosen
    made = schema.ModelT()
    made.version, made.operatorCodes = model.version, model.operatorCodes
    made.subgraphs = [graph]
    calling = {getattr(schema.BuiltinOperator, name, None) for name in _CALLING}
    if any(model.operatorCodes[o.opcodeIndex].builtinCode in calling for o in chosen):
        for other in model.subgraphs[1:]:
            other = copy.copy(other)
            other.tensors = [copy.copy(tensor) for tensor in other.tensors]
            for tensor in other.tensors:
                tensor.buffer = buffer_number(tensor.buffer)
            made.subgraphs.append(other)
    made.buffers = buffers
    builder = flatbuffers.Builder(1024)
    builder.Finish(made.Pack(builder), b"TFL3")
    return bytes(builder.Output())

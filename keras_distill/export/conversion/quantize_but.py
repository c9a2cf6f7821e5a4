"""int8 after calibration, but for some operators that stay float."""


def quantize_but(converter, scopes, io_type):
    """Converts to int8 and leaves what was made in the given scopes in float.

    It is what `tf.lite.experimental.QuantizationDebugger` does with its `denylisted_nodes`, which
    cannot make a file that takes and gives integers: the converter calibrates and stops, and its
    quantizer is then told what to leave alone, by the names of what operators put out. An
    operator is left if such a name, or that of one of its constants, has a scope in it: the last
    operator puts out what is named after the file's output.

    Args:
        converter: A `TFLiteConverter` set up for int8, with its representative dataset.
        scopes: Parts of names.
        io_type: What the file takes and gives: a TensorFlow dtype.

    Returns:
        `(content, scopes that no operator has in its name)`.
    """
    from tensorflow.lite.python import convert

    converter.experimental_mlir_quantizer = True
    converter._experimental_calibrate_only = True
    calibrated = converter.convert()
    names = _outputs_of(calibrated)
    left = {name for name, marks in names.items() if any(s in m for s in scopes for m in marks)}
    content = convert.mlir_quantize(
        calibrated, input_data_type=io_type, output_data_type=io_type, denylisted_nodes=sorted(left)
    )
    found = " ".join(mark for marks in names.values() for mark in marks)
    return content, [scope for scope in scopes if scope not in found]


def _outputs_of(content):
    """{name of what an operator puts out: that and the names of its constants}."""
    from ai_edge_litert import schema_py_generated as schema

    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(content, 0))
    names = {}
    for graph in model.subgraphs:
        for operator in graph.operators:
            given = [graph.tensors[i] for i in operator.inputs if i >= 0]
            constants = [t for t in given if model.buffers[t.buffer].data is not None]
            for index in operator.outputs:
                tensor = graph.tensors[index]
                marks = [t.name.decode() for t in (tensor, *constants)]
                names.setdefault(tensor.name.decode(), []).extend(marks)
    return names

"""Operators cut out of a file do what they did inside it."""

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter

from keras_distill.export.contents.cut_out import cut_out

KERNEL = np.array([[1.0, -2.0], [3.0, 4.0], [0.5, 0.0]], "float32")


@pytest.fixture(scope="module")
def content():
    """y = relu(x·K), then tanh(y) + y."""
    import tensorflow as tf

    @tf.function(input_signature=[tf.TensorSpec((1, 3), tf.float32)])
    def serve(x):
        y = tf.nn.relu(x @ KERNEL)
        return tf.tanh(y) + y

    concrete = serve.get_concrete_function()
    return tf.lite.TFLiteConverter.from_concrete_functions([concrete]).convert()


def run(content, *values):
    interpreter = Interpreter(model_content=content)
    interpreter.allocate_tensors()
    for one, value in zip(interpreter.get_input_details(), values, strict=True):
        interpreter.set_tensor(one["index"], value)
    interpreter.invoke()
    return [interpreter.get_tensor(one["index"]) for one in interpreter.get_output_details()]


def test_each_operator_alone(content):
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(content, 0))
    graph = model.subgraphs[0]
    product, tanh, add = graph.operators
    x = np.array([[1.0, 1.0, 2.0]], "float32")
    y = np.array([[5.0, 2.0]], "float32")
    alone = cut_out(model, [0], [product.inputs[0]], product.outputs)
    np.testing.assert_allclose(run(alone, x)[0], y)
    alone = cut_out(model, [1], tanh.inputs, tanh.outputs)
    np.testing.assert_allclose(run(alone, y)[0], np.tanh(y), atol=1e-6)
    # Nothing but what it needs is in it: the product's kernel is not.
    assert len(alone) < len(cut_out(model, [0], [product.inputs[0]], product.outputs))
    # Two at once, fed in another order than the file has them.
    both = cut_out(model, [1, 2], [product.outputs[0]], [*add.outputs, *tanh.outputs])
    total, bent = run(both, y)
    np.testing.assert_allclose(total, np.tanh(y) + y, atol=1e-6)
    np.testing.assert_allclose(bent, np.tanh(y), atol=1e-6)


def test_the_file_itself_is_not_changed(content):
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(content, 0))
    before = [list(o.inputs) for o in model.subgraphs[0].operators]
    cut_out(model, [2], model.subgraphs[0].operators[2].inputs, model.subgraphs[0].outputs)
    assert [list(o.inputs) for o in model.subgraphs[0].operators] == before


def test_loops_keep_their_bodies():
    import tensorflow as tf

    @tf.function(input_signature=[tf.TensorSpec((1,), tf.float32)])
    def serve(x):
        return tf.while_loop(lambda n, x: n < 3, lambda n, x: (n + 1, x * 2.0), (0, x + 1.0))[1]

    content = tf.lite.TFLiteConverter.from_concrete_functions(
        [serve.get_concrete_function()]
    ).convert()
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(content, 0))
    graph = model.subgraphs[0]
    loop = next(n for n, o in enumerate(graph.operators) if len(o.outputs) > 1)
    constants = [i for i in graph.operators[loop].inputs if model.buffers[
        graph.tensors[i].buffer].data is not None]  # fmt: skip
    fed = [i for i in graph.operators[loop].inputs if i not in constants]
    alone = cut_out(model, [loop], fed, graph.outputs)
    np.testing.assert_allclose(run(alone, np.array([5.0], "float32"))[0], [40.0])

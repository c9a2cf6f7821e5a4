"""A Keras model as a SavedModel with one named signature."""

import contextlib

import keras


def check_model(model):
    """Raises unless it is a built model with one input and one output of known shape."""
    if keras.backend.backend() != "tensorflow":
        raise RuntimeError(
            f"Export needs Keras on TensorFlow, but the backend is {keras.backend.backend()!r}. "
            "Save the model to a .keras file and export it in a process with "
            "KERAS_BACKEND=tensorflow."
        )
    if not isinstance(model, keras.Model):
        raise ValueError(
            f"Expected a keras.Model to export, but received {model!r}. Load it first with "
            "keras.saving.load_model."
        )
    shape = getattr(model, "input_shape", None) if model.built else None
    if shape is None:
        raise ValueError(
            f"The model {model.name!r} was never built, so the shape of its input is not known. "
            "Start it with keras.Input, or wrap it: "
            "`inputs = keras.Input(shape); model = keras.Model(inputs, model(inputs))`."
        )
    counts = len(model.inputs), len(model.outputs)
    if counts != (1, 1):
        raise ValueError(
            f"The model {model.name!r} has {counts[0]} inputs and {counts[1]} outputs; this "
            "export takes models with one of each. Make a model of the input and the output "
            "that you need."
        )
    shape = tuple(model.inputs[0].shape)
    if None in shape[1:]:
        raise ValueError(
            f"The model {model.name!r} takes inputs of shape {shape}; all but the first must be "
            "fixed. Give it an input of the size that it will see: "
            "`inputs = keras.Input((224, 224, 3)); model = keras.Model(inputs, model(inputs))`."
        )
    return shape[1:]


def write_saved_model(model, folder):
    """Writes `model` in inference mode; its signature takes `input`, gives `output`.

    Returns:
        The types of all operators in its graph, as a set.
    """
    import tensorflow as tf

    shape = (None, *model.inputs[0].shape[1:])
    spec = tf.TensorSpec(shape, model.inputs[0].dtype, name="input")

    @tf.function(input_signature=[spec])
    def serve(input):
        output = model(input, training=False)
        output = output[0] if isinstance(output, (list, tuple)) else output
        output = next(iter(output.values())) if isinstance(output, dict) else output
        return {"output": tf.cast(output, tf.float32)}

    with _names_without_underscore(model):
        graph = serve.get_concrete_function().graph.as_graph_def()
        archive = keras.export.ExportArchive()
        archive.track(model)
        archive.add_endpoint("serve", serve)
        archive.write_out(str(folder), verbose=False)
    nodes = [*graph.node, *(n for f in graph.library.function for n in f.node_def)]
    return {node.op for node in nodes}


@contextlib.contextmanager
def _names_without_underscore(model):
    """TensorFlow refuses to save a variable whose name starts with an underscore.

    Keras makes the name of the layer's; it is changed for as long as the model is written.
    """
    renamed = [v.value for v in model.variables if v.value._handle_name.startswith("_")]
    for variable in renamed:
        variable._handle_name = f"layer{variable._handle_name}"
    try:
        yield
    finally:
        for variable in renamed:
            variable._handle_name = variable._handle_name.removeprefix("layer")

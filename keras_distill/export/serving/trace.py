"""A Keras model as a SavedModel with one named signature."""

import contextlib

import keras


def write_saved_model(model, ends, folder, *, batch=None, serve=None, raw=()):
    """Writes `model` in inference mode; its signature takes and gives the names of its `ends`.

    Args:
        model: The `keras.Model`.
        ends: Its `ModelEnds`.
        folder: Where to write.
        batch: Number of examples that it takes at once; None for any.
        serve: What to write in place of the model alone: from {name: tensor} to that.
        raw: {name: dtype} of inputs that are of another type than the model's.

    Returns:
        The types of all operators in its graph, as a set.
    """
    import tensorflow as tf

    batch = ends.batch or batch
    specs = {
        end.name: tf.TensorSpec((batch, *end.shape), dict(raw).get(end.name, end.dtype), end.name)
        for end in ends.inputs
    }
    serve = serve or call(model, ends)

    @tf.function
    def endpoint(**tensors):
        return {name: tf.identity(tensor) for name, tensor in serve(tensors).items()}

    with _names_without_underscore(model):
        graph = endpoint.get_concrete_function(**specs).graph.as_graph_def()
        archive = keras.export.ExportArchive()
        archive.track(model)
        archive.add_endpoint("serve", endpoint)
        archive.write_out(str(folder), verbose=False)
    nodes = [*graph.node, *(n for f in graph.library.function for n in f.node_def)]
    return {node.op for node in nodes}


def call(model, ends):
    """The model in inference, from {name: tensor} to {name: tensor}; floats as float32."""

    def serve(tensors):
        outputs = ends.named(model(ends.packed(tensors), training=False))
        return {
            name: keras.ops.cast(tensor, "float32")
            if keras.backend.is_float_dtype(keras.backend.standardize_dtype(tensor.dtype))
            else tensor
            for name, tensor in outputs.items()
        }

    return serve


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

"""A Keras model as a SavedModel with named signatures."""

import contextlib
import inspect

import keras

# Ranges that an export adds are made in this name scope: they are none of training.
SCOPE = "ranges_of_kd"


def write_saved_model(model, ends, folder, *, batch=None, serve=None, raw=(), more=()):
    """Writes `model` in inference mode; its signature takes and gives the names of its `ends`.

    Args:
        model: The `keras.Model`.
        ends: Its `ModelEnds`.
        folder: Where to write.
        batch: Number of examples that it takes at once; None for any.
        serve: What to write in place of the model alone: from {name: tensor} to that.
        raw: {name: dtype} of inputs that are of another type than the model's.
        more: {name: `tf.function` with an input signature}: further signatures.

    Returns:
        The types of the operators in the graph of `serving_default`, as a set, but for ranges
        that the export added.
    """
    import tensorflow as tf

    batch = ends.batch or batch
    specs = {
        end.name: tf.TensorSpec((batch, *end.shape), dict(raw).get(end.name, end.dtype), end.name)
        for end in ends.inputs
    }
    endpoint = tf.function(_named(serve or call(model, ends), list(specs)))
    with _names_without_underscore(model):
        graph = endpoint.get_concrete_function(**specs).graph.as_graph_def()
        archive = keras.export.ExportArchive()
        archive.track(model)
        archive.add_endpoint("serving_default", endpoint)
        # By this name keras.layers.TFSMLayer looks for it.
        archive.add_endpoint("serve", endpoint)
        for name, function in dict(more).items():
            archive.add_endpoint(name, function)
        archive.write_out(str(folder), verbose=False)
    nodes = [*graph.node, *(n for f in graph.library.function for n in f.node_def)]
    return {node.op for node in nodes if SCOPE not in node.name}


def _named(serve, names):
    """`serve` as a function whose arguments have these names."""

    def endpoint(*tensors, **named):
        import tensorflow as tf

        given = dict(zip(names, tensors, strict=False)) | named
        return {name: tf.identity(tensor) for name, tensor in serve(given).items()}

    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    endpoint.__signature__ = inspect.Signature([inspect.Parameter(name, kind) for name in names])
    return endpoint


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

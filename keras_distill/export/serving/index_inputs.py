"""Whether what a model is fed are indices, and of a type that an int8 file can take."""

import keras

from keras_distill.export.serving.patched_calls import patched_calls

# Operations that put out what they are given, or a part of it, as it is: {type: which inputs}.
_FIRST, _LAST = slice(0, 1), slice(-1, None)
_MOVING = {
    **dict.fromkeys(
        ("BroadcastTo", "ExpandDims", "Identity", "Pad", "PadV2", "Reshape", "Slice", "SplitV"),
        _FIRST,
    ),
    **dict.fromkeys(("Squeeze", "StridedSlice", "Tile", "Transpose", "Unpack"), _FIRST),
    # Rounds indices before the file does.
    "FakeQuantWithMinMaxVars": _FIRST,
    "Split": _LAST,
    "ConcatV2": slice(0, -1),
    "Pack": slice(None),
}


def check_index_inputs(model):
    """Raise where an Embedding looks up what comes in as floats.

    An int8 file would round these indices to 256 levels, so the converter refuses. The model is
    traced, so an Embedding inside other layers is found, and one that another input feeds is
    not taken for it. What the model computes of its input, and then makes indices of, passes.

    Args:
        model: A built Functional or Sequential `keras.Model`; of others nothing is known.

    Raises:
        ValueError: An Embedding is fed by an input of floats.
    """
    inputs = getattr(model, "inputs", None) or ()
    floats = [tensor for tensor in inputs if keras.backend.is_float_dtype(tensor.dtype)]
    found = _fed_embedding(model) if floats else None
    if found is not None:
        raise ValueError(
            f"The input of {model.name!r} is of type {floats[0].dtype}, but its layer "
            f"{found.name!r} looks up whole numbers, which an int8 file must not round. Expected "
            "an input of type int32: "
            'build the model on keras.Input(..., dtype="int32"), give it the weights of this one, '
            "and export that."
        )


def _fed_embedding(model):
    """The first Embedding that looks up what comes in as floats, or None."""
    embeddings = [
        layer for layer in model._flatten_layers() if isinstance(layer, keras.layers.Embedding)
    ]
    if not embeddings:
        return None
    import tensorflow as tf

    given, lookups = [], []

    def note(name, layer, call, inputs, *args, **kwargs):
        # KerasHub's turns round with `reverse`, and then multiplies by its matrix.
        if not (kwargs.get("reverse") or any(args)):
            lookups.append((layer, inputs))
        return call(inputs, *args, **kwargs)

    @tf.function
    def trace(inputs):
        given.extend(keras.tree.flatten(inputs))
        with patched_calls(dict(enumerate(embeddings)), note):
            model(inputs, training=False)

    graph = model._functional if isinstance(model, keras.Sequential) else model
    trace.get_concrete_function(
        keras.tree.map_structure(lambda one: tf.TensorSpec(one.shape, one.dtype), graph.input)
    )
    floats = {id(tensor) for tensor in given if tensor.dtype.is_floating}
    return next((layer for layer, tensor in lookups if _comes_from(floats, tensor)), None)


def _comes_from(floats, tensor):
    """Whether values of one of the tensors, known by their ids, arrive as they are."""
    import tensorflow as tf

    if id(tensor) in floats:
        return True
    if not tf.is_symbolic_tensor(tensor):
        # A constant, such as the numbers of the positions.
        return False
    operation = tensor.op
    which = _MOVING.get(operation.type, slice(0))
    if operation.type == "Cast" and operation.inputs[0].dtype.is_floating:
        # In half precision. A cast to whole numbers is the model's own way to make indices.
        which = _FIRST if tensor.dtype.is_floating else which
    return any(_comes_from(floats, one) for one in operation.inputs[which])

"""Joins the first layers of a student, a projector, and the last layers of a teacher."""

import keras


def joined_models(student, student_layer_name, projector, teacher, teacher_layer_name):
    """One Functional model of copied layers; those of the teacher are frozen.

    Args:
        student: What runs first, up to the layer named.
        student_layer_name: Name of one of its own layers.
        projector: Built layers that run next, in order.
        teacher: Its layers behind the one named run last.
        teacher_layer_name: Name of one of its own layers.

    Returns:
        A `keras.Model` with the student's inputs and the teacher's output.

    Raises:
        ValueError: A model has no graph of layers, the layer is not one of its own, or the
            teacher cannot be cut there.
    """
    begin = _fresh("student", student, student_layer_name)
    end = _fresh("teacher", teacher, teacher_layer_name)
    given = begin.inputs[0] if isinstance(begin, keras.Sequential) else begin.input
    first = keras.Model(given, begin.get_layer(student_layer_name).output)
    if len(end.outputs) != 1:
        raise ValueError(
            f"The classifier of a teacher with one output is reused. Received: '{teacher.name}' "
            f"with {len(end.outputs)}. Pass keras.Model(teacher.inputs, one_output)."
        )
    cut = end.get_layer(teacher_layer_name).output
    if cut is end.outputs[0]:
        raise ValueError(
            f"The teacher '{teacher.name}' ends at '{teacher_layer_name}'. Received: a layer with "
            "nothing behind it; expected the one that feeds the classifier. Name an earlier layer."
        )
    try:
        last = keras.Model(cut, end.outputs[0])
    except ValueError:
        raise ValueError(
            f"The teacher '{teacher.name}' cannot be cut at '{teacher_layer_name}'. Received: a "
            "layer that others pass by; expected one that everything behind it is computed from. "
            "Name a layer nearer to the output."
        ) from None
    inputs = keras.tree.map_structure(
        lambda each: keras.Input(batch_shape=each.shape, dtype=each.dtype, name=each.name), given
    )
    features = _rerun(first, inputs, student, "")
    for layer in projector:
        new = _copy(layer, layer.name)
        features = new(features)
        _take_weights(new, layer)
    try:
        outputs = _rerun(last, features, teacher, "teacher_")
    except ValueError as error:
        raise ValueError(
            f"The teacher's layers behind '{teacher_layer_name}' must take the student's maps. "
            f"Received: features of shape {tuple(features.shape)}; expected those of the teacher, "
            f"{tuple(last.inputs[0].shape)}. Name a student layer of the same resolution, or a "
            "teacher that ends in global pooling."
        ) from error
    made = keras.Model(inputs, outputs, name=f"{student.name}_reusing_{teacher.name}")
    for layer in made.layers:
        if layer.name.startswith("teacher_"):
            layer.trainable = False
    return made


def _fresh(who, model, name):
    """A copy of the graph to cut: cutting would leave traces in the caller's layers."""
    if not isinstance(model, keras.Sequential) and not hasattr(model, "operations"):
        raise ValueError(
            f"`{who}` must be a Functional or Sequential model. Received: '{model.name}', a "
            f"{type(model).__name__} whose layers cannot be seen. Rebuild it as "
            "keras.Model(inputs, outputs)."
        )
    own = [each.name for each in model.layers]
    if name not in own:
        raise ValueError(
            f"`reused` cuts the {who} at one of its own layers. Received: '{name}'; expected one "
            f"of {', '.join(map(repr, own[-5:]))} or an earlier one. Flatten nested models first."
        )
    return keras.models.clone_model(model)


def _rerun(graph, inputs, source, prefix):
    """The output of a graph's layers, copied, on other inputs."""
    made = {}

    def call(layer, *args, **kwargs):
        made[layer.name] = layer(*args, **kwargs)
        return made[layer.name]

    def copy(layer):
        new = _copy(layer, f"{prefix}{layer.name}")
        copied.append((new, layer.name))
        return new

    copied = []
    keras.models.clone_model(graph, inputs, clone_function=copy, call_function=call)
    for new, name in copied:
        if isinstance(new, keras.Layer):
            _take_weights(new, source.get_layer(name))
    return made[f"{prefix}{graph.outputs[0]._keras_history.operation.name}"]


def _copy(layer, name):
    return type(layer).from_config({**layer.get_config(), "name": name})


def _take_weights(new, old):
    for target, value in zip(new.variables, old.variables, strict=True):
        target.assign(value)

"""Makes a student out of a teacher: the same layers with fewer channels."""

import keras
from keras import layers

# What counts a layer's output channels, by layer class.
WIDTHS = {
    layers.Conv1D: "filters",
    layers.Conv2D: "filters",
    layers.Conv2DTranspose: "filters",
    layers.SeparableConv2D: "filters",
    layers.Dense: "units",
}
# Weighted layers that take the channels they are given.
FOLLOWERS = (layers.DepthwiseConv2D, layers.BatchNormalization, layers.Normalization)
# Layers after the classifier that leave its class count as it is.
TAILS = (
    layers.Activation,
    layers.Softmax,
    layers.ReLU,
    layers.Flatten,
    layers.GlobalAveragePooling2D,
    layers.GlobalMaxPooling2D,
    layers.Dropout,
    layers.Rescaling,
)


def narrow(teacher, width=0.25, seed=0):
    """Builds a narrower, untrained copy of a teacher, to be its student.

    For who has a teacher and no student: the same graph, names and head, with
    `width` times the filters and units of each layer. Parameters and work fall
    roughly with `width` squared.

    Args:
        teacher: A Functional or Sequential `keras.Model` of convolutions, Dense,
            normalization and layers without weights, nested models included.
        width: Share of the filters and units that each layer but the classifier
            keeps, above 0 and at most 1; at least one. Defaults to 0.25.
        seed: Of the fresh initial weights. Defaults to 0.

    Returns:
        A `keras.Model`. Adapted `Normalization` layers keep their mean and variance.

    Raises:
        ValueError: On a width outside (0, 1], a subclassed model, or a layer whose
            channels it does not know how to narrow, by name.

    Example:

    ```python
    teacher = kd.models.cifar_resnet(8, width=16, input_shape=(28, 28, 1))
    student = kd.models.narrow(teacher, width=0.25)
    assert kd.footprint.parameters(teacher) > 12 * kd.footprint.parameters(student)
    ```
    """
    if not 0 < width <= 1:
        raise ValueError(
            f"`width` is the share of channels to keep, above 0 and at most 1. Received: {width}."
        )
    if not isinstance(teacher, (keras.Sequential, keras.models.Model)) or not (
        isinstance(teacher, keras.Sequential) or hasattr(teacher, "_operations")
    ):
        raise ValueError(
            "`narrow` rebuilds Functional and Sequential models. Received: "
            f"{type(teacher).__name__}. Write the student yourself and hand it to kd.Distiller."
        )
    kept = _classifiers(teacher)
    count = iter(range(10**9))

    def narrowed(layer):
        _refuse_unknown(layer)
        config = layer.get_config()
        key = _width_key(layer)
        if key and layer not in kept:
            groups = config.get("groups", 1)
            config[key] = max(1, round(config[key] * width / groups)) * groups
        if isinstance(layer, layers.Reshape) and -1 not in config["target_shape"]:
            # The channels are the last of the shape, and follow from the rest.
            config["target_shape"] = (*config["target_shape"][:-1], -1)
        for name, value in config.items():
            if name.endswith("_initializer") and isinstance(value, dict):
                if "seed" in value.get("config", {}):
                    value["config"]["seed"] = seed * 10_000 + next(count)
        return type(layer).from_config(config)

    student = _clone(teacher, narrowed)
    for old, new in zip(
        teacher._flatten_layers(include_self=False),
        student._flatten_layers(include_self=False),
        strict=True,
    ):
        if isinstance(old, layers.Normalization):
            new.set_weights(old.get_weights())
            new.finalize_state()
    return student


def _clone(model, narrowed, arguments=None):
    """`model` with each layer replaced, built on inputs shaped like `arguments`.

    A nested model is rebuilt on what reaches it, because its own inputs are narrower now.
    """
    if isinstance(model, keras.Sequential):
        inputs = keras.Input(batch_shape=(arguments or model.inputs)[0].shape)
        x, clones = inputs, []
        for layer in model.layers:
            inner = isinstance(layer, keras.Model)
            clones.append(_clone(layer, narrowed, [x]) if inner else narrowed(layer))
            x = clones[-1](x)
        return keras.Sequential([inputs, *clones], name=model.name)
    inner = {}

    def replaced(layer):
        # Nested models are rebuilt when called; bare operations (x + 1) hold nothing.
        own = isinstance(layer, keras.Model) or not isinstance(layer, layers.Layer)
        return layer if own else narrowed(layer)

    def called(layer, *args, **kwargs):
        if isinstance(layer, keras.Model):
            if id(layer) not in inner:
                inner[id(layer)] = _clone(layer, narrowed, keras.tree.flatten(args))
            layer = inner[id(layer)]
        return layer(*args, **kwargs)

    inputs = None
    if arguments is not None:
        inputs = [
            keras.Input(batch_shape=new.shape, dtype=old.dtype, name=old._keras_history[0].name)
            for old, new in zip(model.inputs, arguments, strict=True)
        ]
        inputs = keras.tree.pack_sequence_as(model.input, inputs)
    return keras.models.clone_model(
        model, input_tensors=inputs, clone_function=replaced, call_function=called
    )


def _width_key(layer):
    for kind, key in WIDTHS.items():
        # DepthwiseConv2D is no Conv2D in Keras 3, so isinstance tells them apart.
        if isinstance(layer, kind):
            return key
    return None


def _refuse_unknown(layer):
    known = _width_key(layer) or isinstance(layer, FOLLOWERS) or not layer.weights
    if not known:
        raise ValueError(
            f"`narrow` does not know how to narrow layer '{layer.name}' "
            f"({type(layer).__name__}). It knows convolutions, Dense, BatchNormalization, "
            "Normalization and layers without weights. Write the student yourself and hand it "
            "to kd.Distiller."
        )


def _classifiers(model):
    """The weighted layers whose channels are the model's classes."""
    if isinstance(model, keras.Sequential):
        model = model._functional
        if model is None:
            raise ValueError(
                "`narrow` needs to know the shapes. Received: a Sequential model that was never "
                "built. Give it a keras.Input or call it on data first."
            )
    found = []
    waiting = [tensor._keras_history.operation for tensor in model.outputs]
    while waiting:
        layer = waiting.pop()
        if isinstance(layer, keras.Model):
            found.extend(_classifiers(layer))
        elif isinstance(layer, TAILS):
            for node in layer._inbound_nodes:
                if any(node is n for nodes in model._nodes_by_depth.values() for n in nodes):
                    waiting.extend(t._keras_history.operation for t in node.input_tensors)
        else:
            found.append(layer)
    return found

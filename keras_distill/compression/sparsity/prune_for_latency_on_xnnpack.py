import keras

_SUPPORTED = (
    keras.layers.Add,
    keras.layers.Dropout,
    keras.layers.ELU,
    keras.layers.LeakyReLU,
    keras.layers.Multiply,
    keras.layers.ReLU,
    keras.layers.ZeroPadding2D,
)
_ACTIVATIONS = ("relu", "relu6", "leaky_relu", "elu", "sigmoid")
_OPERATIONS = ("Identity", "Add", "Subtract", "Multiply")


class PruneForLatencyOnXNNPack:
    """Prunes only the layers whose zeros XNNPACK turns into speed: 1×1 convolutions.

    XNNPACK, the engine behind LiteRT on phones' CPUs, has sparse kernels for 1×1 convolutions
    in a network of a certain form: a 3×3 convolution of stride 2 on three channels after a
    ZeroPadding2D of 1 begins it, GlobalAveragePooling2D ends it, and everything between is of
    a kind it knows. The policy asks for that form and refuses other models. The rules are those
    of TF-MOT's policy of the same name; TF-MOT's object, which knows tf_keras layers only, is
    taken for this one by `keras_distill.compression.prune_low_magnitude`.

    Example:

    ```python
    image = keras.Input((8, 8, 3))
    x = keras.layers.ZeroPadding2D(1)(image)
    x = keras.layers.Conv2D(8, 3, strides=2)(x)
    x = keras.layers.Conv2D(8, 1, name="pointwise")(x)
    x = keras.layers.GlobalAveragePooling2D()(x)
    model = keras.Model(image, keras.layers.Dense(2)(x))
    policy = kd.compression.PruneForLatencyOnXNNPack()
    pruned = kd.compression.prune_low_magnitude(model, pruning_policy=policy)
    print([layer.name for layer in pruned.layers if hasattr(layer, "masks")])  # ['pointwise']
    ```

    Reference:
        - [Elsen et al., 2020](https://arxiv.org/abs/1911.09723)
    """

    def allow_pruning(self, layer):
        """Whether the layer is a 1×1 convolution.

        Args:
            layer: a Keras 3 layer.
        """
        return isinstance(layer, keras.layers.Conv2D) and tuple(layer.kernel_size) == (1, 1)

    def ensure_model_supports_pruning(self, model):
        """Refuse a model that XNNPACK would not run with its sparse kernels.

        Args:
            model: a built Functional or Sequential `keras.Model`.

        Raises:
            ValueError: with what is missing, or the first layer that does not fit.
        """
        producers, consumers = _graph(model)
        sources = [tensor._keras_history.operation for tensor in model.inputs]
        starts = _search(sources, lambda op: _starts(op, producers), consumers)
        if not starts:
            raise ValueError(
                f"{self._expects()} begins, on every path from its inputs, with ZeroPadding2D(1) "
                "and a 3×3 Conv2D of stride 2 and padding 'valid' on three channels. Received: "
                f"{model.name!r}, which does not. Prune it without the policy, or rebuild its stem."
            )
        outputs = [tensor._keras_history.operation for tensor in model.outputs]
        ends = _search(outputs, _ends, producers)
        if not ends:
            raise ValueError(
                f"{self._expects()} passes a GlobalAveragePooling2D on every path to its outputs. "
                f"Received: {model.name!r}, which does not. Prune it without the policy, or pool "
                "before its head."
            )

        def visit(operation):
            if operation not in ends and not _supported(operation, producers):
                raise ValueError(
                    f"{self._expects()} holds only what XNNPACK's sparse inference knows between "
                    f"stem and pooling. Received: {operation.name!r} of type "
                    f"{type(operation).__name__}, configured as it is not known there. Prune "
                    "without the policy, or replace that layer."
                )
            return operation in ends

        first = [after for start in starts for after in consumers.get(start, [])]
        _search(first, visit, consumers)

    def _expects(self):
        return f"The policy {type(self).__name__} expects a model that"


def _graph(model):
    """({operation: those before it}, {operation: those after it}) of a model's graph."""
    functional = model._functional if isinstance(model, keras.Sequential) else model
    producers, consumers = {}, {}
    for node in (node for nodes in functional._nodes_by_depth.values() for node in nodes):
        for parent in node.parent_nodes:
            producers.setdefault(node.operation, []).append(parent.operation)
            consumers.setdefault(parent.operation, []).append(node.operation)
    return producers, consumers


def _search(sources, found, following):
    """Where every path from the sources is first `found`; empty when one path never is."""
    waiting, seen, hits = list(sources), set(sources), []
    while waiting:
        operation = waiting.pop(0)
        if found(operation):
            hits.append(operation)
            continue
        after = following.get(operation, [])
        if not after:
            return []
        waiting += [one for one in dict.fromkeys(after) if one not in seen]
        seen.update(after)
    return hits


def _padding_before(layer, producers):
    """The symmetric padding of the ZeroPadding2D that alone feeds the layer, or None."""
    before = producers.get(layer, [])
    if len(before) != 1 or not isinstance(before[0], keras.layers.ZeroPadding2D):
        return None
    sides = {side for axis in before[0].padding for side in axis}
    return sides.pop() if len(sides) == 1 else None


def _starts(layer, producers):
    return (
        isinstance(layer, keras.layers.Conv2D)
        and tuple(layer.kernel.shape)[:3] == (3, 3, 3)
        and tuple(layer.strides) == (2, 2)
        and layer.padding == "valid"
        and _padding_before(layer, producers) == 1
    )


def _ends(layer):
    return isinstance(layer, keras.layers.GlobalAveragePooling2D)


def _supported(layer, producers):
    if isinstance(layer, keras.layers.DepthwiseConv2D):
        size, strides = tuple(layer.kernel_size), tuple(layer.strides)
        if layer.depth_multiplier != 1 or tuple(layer.dilation_rate) != (1, 1):
            return False
        if size not in ((3, 3), (5, 5)) or strides not in ((1, 1), (2, 2)):
            return False
        if layer.padding == "same":
            return strides == (1, 1)
        return _padding_before(layer, producers) == size[0] // 2
    if isinstance(layer, keras.layers.Conv2D):
        plain = layer.groups == 1 and tuple(layer.dilation_rate) == (1, 1)
        return plain and tuple(layer.kernel_size) == tuple(layer.strides) == (1, 1)
    if isinstance(layer, keras.layers.GlobalAveragePooling2D):
        return layer.keepdims
    if isinstance(layer, keras.layers.BatchNormalization):
        return layer.axis in (-1, 3)
    if isinstance(layer, keras.layers.UpSampling2D):
        return layer.interpolation == "bilinear"
    if isinstance(layer, keras.layers.Activation):
        return getattr(layer.activation, "__name__", "") in _ACTIVATIONS
    if not isinstance(layer, keras.Layer):
        return type(layer).__name__ in _OPERATIONS
    return isinstance(layer, _SUPPORTED)

import functools

import keras

from keras_distill.compression.graph.composite_wrapper import CompositeWrapper
from keras_distill.compression.graph.inner_layers import inner_layers
from keras_distill.compression.graph.replaced_calls import replaced_calls
from keras_distill.compression.graph.substituted_weights import substituted_weights
from keras_distill.compression.sparsity.prunable_weights import prunable_weights
from keras_distill.compression.sparsity.pruned_layer import PrunedLayer
from keras_distill.compression.sparsity.schedule_config import (
    schedule_from_config,
    schedule_to_config,
)


@keras.saving.register_keras_serializable(package="keras_distill")
class PrunedComposite(CompositeWrapper):
    """A layer made of layers, whose inner kernels are pruned by magnitude while it trains.

    `keras_distill.compression.prune_low_magnitude` puts it around layers such as
    MultiHeadAttention or KerasHub's TransformerEncoder. The composite's own code runs. Before
    it does in a training forward pass, each inner layer that is pruned counts one step, updates
    its mask and masks its kernel, as `keras_distill.compression.PrunedLayer` does; at inference
    the kernels are multiplied by the masks and nothing is assigned.

    Args:
        layer: the composite layer.
        paths: those of the inner layers to prune, made of the attributes that hold them, as in
            "attention/_query_dense".
        pruning_schedule: a schedule of TF-MOT, such as
            `keras_distill.compression.PolynomialDecay`.
        arguments: further arguments of `PrunedLayer`, as a dict. Defaults to none.
        **kwargs: `name` and `trainable`, as for every layer.

    Returns:
        What the composite returns.

    Raises:
        ValueError: for a path at which the composite has no layer, or one that TF-MOT does not
            prune.

    Example:

    ```python
    schedule = kd.compression.ConstantSparsity(0.5, begin_step=0, frequency=1)
    layer = kd.compression.PrunedComposite(
        keras.layers.MultiHeadAttention(2, 4), ["_query_dense"], schedule
    )
    x = np.ones((1, 3, 8), "float32")
    layer(x, x, training=True)
    print(1 - float(keras.ops.mean(layer.parts[0].masks[0])))  # 0.5
    ```

    Reference:
        - [Zhu and Gupta, 2017](https://arxiv.org/abs/1710.01878)
    """

    def __init__(self, layer, paths, pruning_schedule, arguments=None, **kwargs):
        super().__init__(layer, **kwargs)
        self.paths = sorted(paths)
        self.pruning_schedule = pruning_schedule
        self.arguments = dict(arguments or {})

    def build_parts(self, inner):
        self.check_paths(self.paths, inner)
        self.parts = [
            PrunedLayer(inner[path], self.pruning_schedule, **self.arguments) for path in self.paths
        ]
        for part in self.parts:
            part.build(None)

    def run(self, training, /, *args, **kwargs):
        if training:
            for part in self.parts:
                part.prune()
            return self.layer(*args, **kwargs)
        calls = {part.layer: functools.partial(_call_masked, part) for part in self.parts}
        with replaced_calls(calls):
            return self.layer(*args, **kwargs)

    def get_config(self):
        return {
            **super().get_config(),
            "paths": self.paths,
            "pruning_schedule": schedule_to_config(self.pruning_schedule),
            "arguments": self.arguments,
        }

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        layer = keras.saving.deserialize_keras_object(config.pop("layer"))
        schedule = schedule_from_config(config.pop("pruning_schedule"), config["name"])
        return cls(layer, config.pop("paths"), schedule, **config)

    def mask_weights_of(self, layer):
        """Give a stock composite layer, built, the kernels without their masked weights."""
        inner = inner_layers(layer)
        for path, part in zip(self.paths, self.parts, strict=True):
            pairs = zip(prunable_weights(inner[path]), part.masked(), strict=True)
            for weight, (_, masked) in pairs:
                weight.assign(masked)


def _call_masked(part, original, /, *args, **kwargs):
    with substituted_weights(part.layer, part.masked()):
        return original(*args, **kwargs)

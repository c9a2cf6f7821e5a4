import keras
from keras import ops

from keras_distill import _tfmot

# The kernels that TF-MOT's registry prunes; depthwise kernels are not among them.
PRUNABLE_KERNELS = {
    keras.layers.Conv1D: "kernel",
    keras.layers.Conv2D: "kernel",
    keras.layers.Conv2DTranspose: "kernel",
    keras.layers.Conv3D: "kernel",
    keras.layers.Conv3DTranspose: "kernel",
    keras.layers.Dense: "kernel",
    keras.layers.Embedding: "embeddings",
    keras.layers.SeparableConv1D: "pointwise_kernel",
    keras.layers.SeparableConv2D: "pointwise_kernel",
}


def prunable_kernel(layer):
    """The variable of a stock layer that TF-MOT prunes."""
    return getattr(layer, PRUNABLE_KERNELS[type(layer)])


@keras.saving.register_keras_serializable(package="keras_distill")
class PrunedLayer(keras.layers.Wrapper):
    """A layer whose kernel is pruned by magnitude while it trains.

    `keras_distill.compression.prune_low_magnitude` puts it around layers; it keeps the wrapped
    layer's name. In every training forward pass it counts one step, updates the mask by
    TF-MOT's own `Pruning`, and masks the kernel before the layer runs; no callback is needed.
    At inference the kernel is multiplied by the mask and nothing is assigned.

    Args:
        layer: the layer to wrap, of a type that TF-MOT prunes.
        pruning_schedule: a schedule of TF-MOT, such as
            `keras_distill.compression.PolynomialDecay`.
        **kwargs: `name`, `dtype` and `trainable`, as for every layer.

    Returns:
        What the wrapped layer returns.

    Raises:
        ValueError: for a layer that TF-MOT does not prune.

    Example:

    ```python
    schedule = kd.compression.ConstantSparsity(0.5, begin_step=0, frequency=1)
    layer = kd.compression.PrunedLayer(keras.layers.Dense(4), schedule)
    layer(np.ones((1, 8), "float32"), training=True)
    print(1 - float(keras.ops.mean(layer.mask)))  # 0.5
    ```

    Reference:
        - [Zhu and Gupta, 2017](https://arxiv.org/abs/1710.01878)
    """

    def __init__(self, layer, pruning_schedule, **kwargs):
        if type(layer) not in PRUNABLE_KERNELS:
            names = ", ".join(kind.__name__ for kind in PRUNABLE_KERNELS)
            raise ValueError(
                f"`PrunedLayer` expects a layer of one of these types: {names}. Received: "
                f"{layer!r}. Leave it unwrapped; it trains and predicts as it is."
            )
        super().__init__(layer, **{"name": layer.name, **kwargs})
        self.pruning_schedule = pruning_schedule
        # Bit-equality with TF-MOT's masks is a promise of the plain kernels, not of XLA's.
        self.supports_jit = False

    @property
    def kernel(self):
        """The wrapped layer's variable that is pruned, as the optimizer left it."""
        return prunable_kernel(self.layer)

    def build(self, input_shape=None):
        super().build(input_shape)
        shape = self.kernel.shape
        self.mask = self.add_weight(
            name="mask", shape=shape, initializer="ones", trainable=False, autocast=False
        )
        self.threshold = self.add_weight(
            name="threshold", shape=(), initializer="zeros", trainable=False, autocast=False
        )
        # TF-MOT's callback makes the first training forward pass step 1; so does 0 + 1.
        self.pruning_step = self.add_weight(
            name="pruning_step", shape=(), initializer="zeros", dtype="int64", trainable=False
        )

    def call(self, inputs, training=None):
        if training:
            self._prune()
            return self.layer(inputs)
        # The last optimizer step leaves the kernel without zeros, so the mask is needed here too.
        masked = ops.multiply(self.kernel, self.mask)
        with keras.StatelessScope(state_mapping=[(self.kernel, masked)]):
            return self.layer(inputs)

    def _prune(self):
        self.pruning_step.assign_add(1)
        pruning = _tfmot.Pruning(
            training_step_fn=lambda: self.pruning_step.value,
            pruning_vars=[(self.kernel.value, self.mask.value, self.threshold.value)],
            pruning_schedule=self.pruning_schedule,
            block_size=(1, 1),
            block_pooling_type="AVG",
        )
        pruning.conditional_mask_update()
        pruning.weight_mask_op()

    def compute_output_shape(self, input_shape):
        return self.layer.compute_output_shape(input_shape)

    def get_config(self):
        # TF-MOT's own {"class_name", "config"} would read as a Keras object with no module.
        schedule = self.pruning_schedule.get_config()
        name = keras.saving.get_registered_name(type(self.pruning_schedule))
        return {
            **super().get_config(),
            "pruning_schedule": {"schedule": name, "arguments": schedule["config"]},
        }

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        layer = keras.saving.deserialize_keras_object(config.pop("layer"))
        schedule = config.pop("pruning_schedule")
        name = schedule["schedule"]
        if name in ("ConstantSparsity", "PolynomialDecay"):
            kind = getattr(_tfmot, name)
        else:
            kind = keras.saving.get_registered_object(name)
        if kind is None:
            raise ValueError(
                f"The pruning schedule {name!r} of layer {config['name']!r} is not known here. "
                "Register its class with `@keras.saving.register_keras_serializable()` and import "
                "it before loading the model."
            )
        return cls(layer, kind(**schedule["arguments"]), **config)

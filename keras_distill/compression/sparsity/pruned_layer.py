import functools

import keras

from keras_distill.compression.graph.layer_wrapper import LayerWrapper
from keras_distill.compression.graph.prepared_layer import PreparedLayer
from keras_distill.compression.graph.product_axes import matrix_shape
from keras_distill.compression.graph.substituted_weights import substituted_weights
from keras_distill.compression.sparsity.matrix_pruning import pruning_on
from keras_distill.compression.sparsity.prunable_weights import (
    PRUNABLE_TYPES,
    is_prunable,
    prunable_weights,
)
from keras_distill.compression.sparsity.schedule_config import (
    schedule_from_config,
    schedule_to_config,
)
from keras_distill.compression.sparsity.sparsity_pattern import SparsityPattern


@keras.saving.register_keras_serializable(package="keras_distill")
class PrunedLayer(PreparedLayer, LayerWrapper):
    """A layer whose kernels are pruned by magnitude while it trains.

    `keras_distill.compression.prune_low_magnitude` puts it around layers; it keeps the wrapped
    layer's name. In every training forward pass it counts one step, updates the masks by
    TF-MOT's own `Pruning`, and masks the kernels before the layer runs; no callback is needed.
    A layer that stands in two places of a graph counts two steps a batch, as TF-MOT's does:
    give it a schedule of twice the steps. At inference the kernels are multiplied by the masks
    and nothing is assigned. Regularizers of the kernels always see them masked.

    Args:
        layer: the layer to wrap: of a type that TF-MOT prunes, or with a method
            `get_prunable_weights()` that returns its variables to prune.
        pruning_schedule: a schedule of TF-MOT, such as
            `keras_distill.compression.PolynomialDecay`.
        block_size: (height, width) of the blocks that are pruned together, in kernels of two
            axes or of an EinsumDense that is one matrix product. Defaults to (1, 1).
        block_pooling_type: "AVG" or "MAX" of a block's magnitudes. Defaults to "AVG".
        sparsity_m_by_n: (m, n) for m zeros in every n weights, chosen once in the first
            training step. Defaults to `None`.
        chosen_by: name of the policy that chose the layers of the model, for its summary.
            Defaults to `None`.
        **kwargs: `name` and `trainable`, as for every layer.

    Returns:
        What the wrapped layer returns.

    Raises:
        ValueError: for a layer that TF-MOT does not prune, or kernels on which the blocks or
            groups cannot be laid out.

    Example:

    ```python
    schedule = kd.compression.ConstantSparsity(0.5, begin_step=0, frequency=1)
    layer = kd.compression.PrunedLayer(keras.layers.Dense(4), schedule)
    layer(np.ones((1, 8), "float32"), training=True)
    print(1 - float(keras.ops.mean(layer.masks[0])))  # 0.5
    ```

    Reference:
        - [Zhu and Gupta, 2017](https://arxiv.org/abs/1710.01878)
    """

    def __init__(
        self,
        layer,
        pruning_schedule,
        block_size=(1, 1),
        block_pooling_type="AVG",
        sparsity_m_by_n=None,
        chosen_by=None,
        **kwargs,
    ):
        if isinstance(layer, PrunedLayer):
            raise ValueError(
                "`PrunedLayer` expects a layer that is not being pruned yet. Received: "
                f"{layer.name!r}, a PrunedLayer already. Use it as it is."
            )
        if not is_prunable(layer):
            names = ", ".join(kind.__name__ for kind in PRUNABLE_TYPES)
            raise ValueError(
                f"`PrunedLayer` expects a layer of one of these types: {names}; or one with a "
                f"method `get_prunable_weights()`. Received: {layer!r}. Leave it unwrapped; it "
                "trains and predicts as it is."
            )
        # The wrapped layer casts for itself; here the kernels are wanted as they are stored.
        own = {"dtype": layer.variable_dtype, "autocast": False}
        super().__init__(layer, **{"name": layer.name, **kwargs, **own})
        self.pruning_schedule = pruning_schedule
        self.pattern = SparsityPattern(block_size, block_pooling_type, sparsity_m_by_n)
        self.chosen_by = chosen_by
        self.supports_masking = layer.supports_masking
        # Bit-equality with TF-MOT's masks is a promise of the plain kernels, not of XLA's.
        self.supports_jit = False

    @property
    def kernels(self):
        """The wrapped layer's variables that are pruned, as the optimizer left them."""
        return prunable_weights(self.layer)

    def build(self, input_shape=None):
        super().build(input_shape)
        self.masks, self.thresholds = [], []
        kernels = self.kernels
        self._matrix = matrix_shape(self.layer) if str(self.pattern) else None
        for kernel in kernels:
            self.pattern.check_kernel(self.name, kernel.shape, self._matrix)
        for index, kernel in enumerate(kernels):
            end = f"_{index}" if len(kernels) > 1 else ""
            arguments = {"dtype": kernel.dtype, "trainable": False, "aggregation": "mean"}
            mask = self.add_weight(kernel.shape, "ones", name=f"mask{end}", **arguments)
            self.masks.append(mask)
            if kernel.regularizer is not None:
                # As TF-MOT's: at inference too, when the kernel itself has no zeros yet.
                kernel.regularizer = functools.partial(_of_masked, kernel.regularizer, mask)
            self.thresholds.append(
                self.add_weight((), "zeros", name=f"threshold{end}", **arguments)
            )
        # TF-MOT's callback makes the first training forward pass step 1; so does 0 + 1.
        self.pruning_step = self.add_weight(
            name="pruning_step",
            shape=(),
            initializer="zeros",
            dtype="int64",
            trainable=False,
            aggregation="only_first_replica",
        )

    def call(self, inputs, *args, training=None, **kwargs):
        if training:
            self.prune()
            return self.layer(inputs, *args, **kwargs)
        # The last optimizer step leaves the kernels without zeros: masks are needed here too.
        with substituted_weights(self.layer, self.masked()):
            return self.layer(inputs, *args, **kwargs)

    def masked(self):
        """Pairs of a kernel and its value without the masked weights."""
        for kernel, mask in zip(self.kernels, self.masks, strict=True):
            yield kernel, keras.ops.multiply(kernel, mask)

    def mask_kernels(self):
        """Set the masked weights to zero for good, as every training forward pass does."""
        for kernel, masked in self.masked():
            kernel.assign(masked)

    def prune(self):
        """Count a step, update the masks by the schedule, and mask the kernels."""
        self.pruning_step.assign_add(1)
        variables = zip(self.kernels, self.masks, self.thresholds, strict=True)
        pruning = pruning_on(self._matrix)(
            training_step_fn=lambda: self.pruning_step.value,
            pruning_vars=[tuple(one.value for one in three) for three in variables],
            pruning_schedule=self.pruning_schedule,
            block_size=self.pattern.block_size,
            block_pooling_type=self.pattern.block_pooling_type,
            sparsity_m_by_n=self.pattern.sparsity_m_by_n,
        )
        pruning.conditional_mask_update()
        pruning.weight_mask_op()

    def compute_mask(self, inputs, previous_mask=None):
        return self.layer.compute_mask(inputs, previous_mask)

    def compute_output_shape(self, input_shape):
        return self.layer.compute_output_shape(input_shape)

    def compute_output_spec(self, *args, **kwargs):
        # Not from the shape alone: in mixed precision this wrapper's own dtype is another.
        return self.layer.compute_output_spec(*args, **kwargs)

    def get_config(self):
        return {
            **super().get_config(),
            "pruning_schedule": schedule_to_config(self.pruning_schedule),
            "block_size": self.pattern.block_size,
            "block_pooling_type": self.pattern.block_pooling_type,
            "sparsity_m_by_n": self.pattern.sparsity_m_by_n,
            "chosen_by": self.chosen_by,
        }

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        layer = keras.saving.deserialize_keras_object(config.pop("layer"))
        schedule = schedule_from_config(config.pop("pruning_schedule"), config["name"])
        return cls(layer, schedule, **config)


def _of_masked(regularizer, mask, kernel):
    return regularizer(keras.ops.multiply(kernel, mask))

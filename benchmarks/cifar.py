"""CIFAR-10 and its trained ResNets out of the data folder beside the checkout.

Without the folder the benchmarks that need it say so and end.
"""

import pathlib

import keras
import numpy as np
from keras import layers

DATA = pathlib.Path(__file__).resolve().parents[2] / "shared" / "data"
MEAN = (0.485, 0.456, 0.406)
DEVIATION = (0.229, 0.224, 0.225)


def images(*shards):
    """uint8 `(n, 32, 32, 3)` and int32 labels of shards such as `train_00`."""
    from PIL import Image

    if not DATA.exists():
        raise SystemExit(f"This benchmark needs the data folder at {DATA}.")
    labels = np.load(DATA / "image" / "cifar10_labels.npz")
    every = []
    for shard in shards:
        with Image.open(DATA / "image" / f"cifar10_{shard}.png") as picture:
            mosaic = np.asarray(picture.convert("RGB"))
        rows, columns = mosaic.shape[0] // 32, mosaic.shape[1] // 32
        tiles = mosaic.reshape(rows, 32, columns, 32, 3).swapaxes(1, 2).reshape(-1, 32, 32, 3)
        every.append((tiles[: len(labels[shard])], labels[shard]))
    x, y = (np.concatenate(part) for part in zip(*every, strict=True))
    return x, y.astype("int32")


def batches(x, y, batch_size=128, shuffle_seed=None):
    """float32 images in [0, 1]; another order in every epoch when a seed is given."""
    import tensorflow as tf

    dataset = tf.data.Dataset.from_tensor_slices((x, y))
    if shuffle_seed is not None:
        dataset = dataset.shuffle(len(y), seed=shuffle_seed)
    dataset = dataset.batch(batch_size)
    return dataset.map(lambda a, b: (keras.ops.cast(a, "float32") / 255.0, b)).prefetch(2)


def resnet(depth, weights=True):
    """ResNet-20, 32 or 56 with its published weights; takes images in [0, 1].

    Layers "stage_1", "stage_2", "stage_3" end the stages, "pool" feeds the classifier.
    """
    blocks = (depth - 2) // 6
    inputs = keras.Input((32, 32, 3), name="image")
    variance = tuple(d**2 for d in DEVIATION)
    x = layers.Normalization(mean=MEAN, variance=variance, name="input_scale")(inputs)
    x = _convolution(x, 16, 1, "conv1", "bn1")
    x = layers.ReLU()(x)
    for stage in (1, 2, 3):
        width = 16 * 2 ** (stage - 1)
        for block in range(blocks):
            strides = 2 if stage > 1 and block == 0 else 1
            name = f"layer{stage}.{block}"
            y = _convolution(x, width, strides, f"{name}.conv1", f"{name}.bn1")
            y = layers.ReLU()(y)
            y = _convolution(y, width, 1, f"{name}.conv2", f"{name}.bn2")
            if strides == 2:
                x = x[:, ::2, ::2, :]
                # Zeros on both sides of the channels: the paper's option A.
                x = keras.ops.pad(x, ((0, 0), (0, 0), (0, 0), (width // 4, width // 4)))
            x = layers.Add()([x, y])
            last = block == blocks - 1
            x = layers.ReLU(name=f"stage_{stage}" if last else None)(x)
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    outputs = layers.Dense(10, name="linear")(x)
    model = keras.Model(inputs, outputs, name=f"resnet_{depth}")
    if weights:
        _load(model, depth)
    return model


def _convolution(x, filters, strides, name, norm):
    # The padding that the weights were trained with; "same" differs at stride 2.
    x = layers.ZeroPadding2D(1)(x)
    x = layers.Conv2D(filters, 3, strides, use_bias=False, name=name.replace(".", "_"))(x)
    return layers.BatchNormalization(epsilon=1e-5, name=norm.replace(".", "_"))(x)


def _load(model, depth):
    with np.load(DATA / "models" / f"resnet{depth}_cifar10.npz", allow_pickle=False) as file:
        stored = {key.replace("module.", ""): file[key] for key in file.files}
    for layer in model.layers:
        key = layer.name.replace("_", ".")
        if isinstance(layer, layers.Conv2D):
            layer.set_weights([stored[f"{key}.weight"].transpose(2, 3, 1, 0)])
        elif isinstance(layer, layers.BatchNormalization):
            names = ("weight", "bias", "running_mean", "running_var")
            layer.set_weights([stored[f"{key}.{name}"] for name in names])
        elif isinstance(layer, layers.Dense):
            layer.set_weights([stored["linear.weight"].T, stored["linear.bias"]])


class FusedBatchNormalization(layers.BatchNormalization):
    """Keras's normalization whose training pass is TensorFlow's one fused kernel.

    The same numbers to rounding; a step of a small ResNet on a CPU costs a third less.
    """

    def call(self, inputs, training=None, mask=None):
        if not training:
            return super().call(inputs, training=False, mask=mask)
        import tensorflow as tf

        outputs, mean, variance, *_ = tf.compat.v1.nn.fused_batch_norm(
            inputs, self.gamma, self.beta, epsilon=self.epsilon, is_training=True
        )
        count = tf.cast(tf.size(inputs) / tf.shape(inputs)[-1], variance.dtype)
        kept = self.momentum
        self.moving_mean.assign(self.moving_mean * kept + mean * (1 - kept))
        # The kernel divides by n - 1, Keras by n.
        variance = variance * (count - 1) / count
        self.moving_variance.assign(self.moving_variance * kept + variance * (1 - kept))
        return outputs


def fused(model):
    """The same model and weights with `FusedBatchNormalization`."""

    def replace(layer):
        kind = type(layer)
        kind = FusedBatchNormalization if kind is layers.BatchNormalization else kind
        return kind.from_config(layer.get_config())

    copy = keras.models.clone_model(model, clone_function=replace)
    copy.set_weights(model.get_weights())
    return copy


def accuracy(model, x, y):
    """Which of the examples a model gets right, bool `(n,)`."""
    outputs = model.predict(x.astype("float32") / 255.0, batch_size=500, verbose=0)
    return outputs.argmax(-1) == y

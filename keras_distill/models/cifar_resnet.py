"""The small residual network of He et al. for small images."""

import keras
from keras import layers


def cifar_resnet(depth, width=16, input_shape=(32, 32, 3), num_classes=10, strides=1):
    """Residual network of 6n + 2 layers for small images, ending in logits.

    Three stages of n blocks with `width`, 2 · `width` and 4 · `width` filters; the
    image halves between stages. A teacher at width 32, a student at 8.

    Args:
        depth: Number of weighted layers, 6n + 2: 8, 14, 20, 32, 44, 56, …
        width: Filters of the first stage. Defaults to 16, as in the paper.
        input_shape: `(height, width, channels)`. Defaults to `(32, 32, 3)`.
        num_classes: Number of logits. Defaults to 10.
        strides: Of the first convolution; 2 makes the network four times cheaper.
            Defaults to 1, as in the paper.

    Returns:
        A `keras.Model`, untrained. A block that changes shape has a 1 × 1 convolution
        on its shortcut (the paper's option B), because padding channels with zeros
        has no integer form on a phone.

    Raises:
        ValueError: `depth` is not 6n + 2, or `width` is below 1.

    Example:

    ```python
    model = kd.models.cifar_resnet(8, width=4, input_shape=(28, 28, 1))
    assert model.output_shape == (None, 10)
    ```

    Reference:
        He et al., 2016, Deep Residual Learning for Image Recognition, §4.2,
        https://arxiv.org/abs/1512.03385
    """
    if depth < 8 or (depth - 2) % 6:
        raise ValueError(
            f"`depth` must be 6n + 2 with n of at least 1: 8, 14, 20, … Received: depth={depth}."
        )
    if width < 1:
        raise ValueError(f"`width` must be at least 1. Received: width={width}.")
    inputs = keras.Input(input_shape, name="image")
    x = _convolution(inputs, width, 3, strides, "stem")
    x = layers.ReLU(name="stem_relu")(x)
    for stage in range(3):
        for block in range((depth - 2) // 6):
            down = 2 if stage and not block else 1
            x = _block(x, width * 2**stage, down, f"stage_{stage + 1}_block_{block + 1}")
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    outputs = layers.Dense(num_classes, name="logits")(x)
    return keras.Model(inputs, outputs, name=f"cifar_resnet_{depth}")


def _block(x, filters, strides, name):
    y = _convolution(x, filters, 3, strides, f"{name}_1")
    y = layers.ReLU(name=f"{name}_1_relu")(y)
    y = _convolution(y, filters, 3, 1, f"{name}_2")
    if strides > 1 or x.shape[-1] != filters:
        x = _convolution(x, filters, 1, strides, f"{name}_shortcut")
    x = layers.Add(name=f"{name}_add")([x, y])
    return layers.ReLU(name=f"{name}_relu")(x)


def _convolution(x, filters, size, strides, name):
    x = layers.Conv2D(
        filters,
        size,
        strides,
        padding="same",
        use_bias=False,
        kernel_initializer="he_normal",
        name=name,
    )(x)
    # Keras's default of 0.99 needs some 500 steps to settle, more than a short run has.
    return layers.BatchNormalization(momentum=0.9, name=f"{name}_bn")(x)

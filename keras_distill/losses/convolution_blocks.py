"""Convolutions with normalization, as autoencoders of feature maps are made of."""

import keras


def convolution_blocks(widths, name, seed=None, kind=keras.layers.Conv2D):
    """3×3 convolution, BatchNormalization and leaky ReLU for each width, unbuilt.

    Args:
        widths: Channels that each block puts out.
        name: What the layers' names begin with.
        seed: Seed of the initial weights. Optional.
        kind: `keras.layers.Conv2D` (default) or `keras.layers.Conv2DTranspose`.

    Returns:
        A list of stock Keras layers in order, computing in float32.

    Example:

    ```python
    from keras_distill.losses.convolution_blocks import convolution_blocks

    model = keras.Sequential([keras.Input((4, 4, 3)), *convolution_blocks([8, 2], "body")])
    assert model.output_shape == (None, 4, 4, 2)
    ```
    """
    layers = []
    for index, width in enumerate(widths):
        start = keras.initializers.HeNormal(seed=None if seed is None else seed + index)
        layers += [
            kind(
                width, 3, padding="same", use_bias=False, kernel_initializer=start,
                data_format="channels_last", dtype="float32", name=f"{name}_{index}",
            ),
            keras.layers.BatchNormalization(dtype="float32", name=f"{name}_norm_{index}"),
            keras.layers.LeakyReLU(0.1, dtype="float32", name=f"{name}_relu_{index}"),
        ]  # fmt: skip
    return layers

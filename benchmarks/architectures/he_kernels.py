"""Kernels drawn so that values neither vanish nor explode on their way through a network."""

import keras
import numpy as np


def he_kernels(model):
    """The model with its convolutions' kernels drawn anew, as the networks' own papers draw them.

    Keras's default (Glorot) lets values vanish behind a ReLU: a MobileNetV2 without training puts
    out 7e-11, which eight bits cannot span. Moving statistics stay what they start as. (With
    those of a batch, an untrained network multiplies every rounding: the kernels of a MobileNetV2
    or an EfficientNet-B0, rounded to eight bits, alone leave 7 to 10 dB, in float.)

    Reference:
        He et al. 2015, "Delving Deep into Rectifiers", https://arxiv.org/abs/1502.01852
    """
    for seed, layer in enumerate(model._flatten_layers()):
        if not layer.built:  # KerasHub makes some that its network does not use.
            continue
        if isinstance(layer, keras.layers.DepthwiseConv2D):
            # What one channel sums over; Keras's initializer would count the channels too.
            deviation = np.sqrt(2 / np.prod(layer.kernel.shape[:2]))
            random = np.random.default_rng(seed)
            layer.kernel.assign(random.normal(0, deviation, layer.kernel.shape))
        elif isinstance(layer, keras.layers.Conv2D):
            layer.kernel.assign(keras.initializers.HeNormal(seed)(layer.kernel.shape))
    return model

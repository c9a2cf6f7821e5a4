"""The families of keras.applications: the smallest member of each, small inputs, ten classes.

Kernels are drawn after He et al. `include_preprocessing=False` where there is a choice, so that
most take images in [0, 1]; EfficientNetB0 and ConvNeXt scale inside and take 0 to 255.
"""

import keras

from architectures.architecture import Architecture
from architectures.he_kernels import he_kernels
from architectures.made_up import waves


def _pixels(size):
    """Waves from 0 to 255."""
    small = waves(size, size, 3)
    return lambda n, seed: 255 * small(n, seed)


def _network(family, size, samples, arguments):
    """The builder of one application."""

    def build():
        model = getattr(keras.applications, family)(
            input_shape=(size, size, 3),
            weights=None,
            classes=10,
            classifier_activation=None,
            **arguments,
        )
        return he_kernels(model)

    return build


def _vgg16():
    """VGG16 with a small head: its own three dense layers hold most of 138 M parameters."""
    inputs = keras.Input((32, 32, 3))
    base = keras.applications.VGG16(
        include_top=False, weights=None, input_shape=(32, 32, 3), pooling="avg"
    )
    x = he_kernels(base)(keras.layers.Rescaling(4.0, offset=-2.0)(inputs))
    return keras.Model(inputs, keras.layers.Dense(10)(x), name="vgg16")


def _convnext():
    """ConvNeXt-Tiny whose blocks have a say: their scales start at 1e-6 and grow in training."""
    model = keras.applications.ConvNeXtTiny(
        input_shape=(32, 32, 3), weights=None, classes=10, classifier_activation=None
    )
    for layer in model._flatten_layers():
        if type(layer).__name__ == "LayerScale":
            layer.gamma.assign(keras.ops.full(layer.gamma.shape, 0.3))
    return model


def _row(name, family, size, pixels=False, **arguments):
    samples = _pixels(size) if pixels else waves(size, size, 3)
    build = _network(family, size, samples, arguments)
    return Architecture(name, "cnn", build, samples, fed="waves")


# The name of the family in keras.applications stands second: a test looks that none is missing.
_ROWS = (
    ("xception", "Xception", 71),
    ("resnet50", "ResNet50", 32),
    ("resnet50_v2", "ResNet50V2", 32),
    ("inception_v3", "InceptionV3", 75),
    ("inception_resnet_v2", "InceptionResNetV2", 75),
    ("mobilenet", "MobileNet", 64),
    ("mobilenet_v2", "MobileNetV2", 64),
    ("densenet121", "DenseNet121", 32),
    ("nasnet_mobile", "NASNetMobile", 32),
)
APPLICATIONS = [
    Architecture("vgg16", "cnn", _vgg16, waves(32, 32, 3), fed="waves"),
    *(_row(*row) for row in _ROWS),
    _row("mobilenet_025", "MobileNet", 96, alpha=0.25),
    _row("mobilenet_v2_035", "MobileNetV2", 96, alpha=0.35),
    _row("mobilenet_v3_small", "MobileNetV3Small", 64, include_preprocessing=False),
    _row("mobilenet_v3_large", "MobileNetV3Large", 64, include_preprocessing=False),
    _row("efficientnet_b0", "EfficientNetB0", 64, pixels=True),
    _row("efficientnet_v2_b0", "EfficientNetV2B0", 64, include_preprocessing=False),
    Architecture("convnext_tiny", "cnn", _convnext, _pixels(32), fed="waves"),
]
COVERED = {"VGG16", "MobileNetV3Small", "MobileNetV3Large", "EfficientNetB0", "EfficientNetV2B0"}
COVERED |= {"ConvNeXtTiny"} | {family for _, family, _ in _ROWS}

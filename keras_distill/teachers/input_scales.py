"""The input scales that image models expect, by name: one table for finding and mending."""

import numpy as np

# name -> (scale, offset): what a model of that convention is fed is scale * x + offset,
# x in [0, 1]. "torch" and "caffe" are the modes of keras.applications' preprocess_input.
_IMAGENET_MEAN = np.array([0.485, 0.456, 0.406])
_IMAGENET_DEVIATION = np.array([0.229, 0.224, 0.225])
INPUT_SCALES = {
    "[0, 1]": (1.0, 0.0),
    "[0, 255]": (255.0, 0.0),
    "[-1, 1]": (2.0, -1.0),
    "[-0.5, 0.5]": (1.0, -0.5),
    "torch": (
        (1.0 / _IMAGENET_DEVIATION).tolist(),
        (-_IMAGENET_MEAN / _IMAGENET_DEVIATION).tolist(),
    ),
    "caffe": (255.0, [-103.939, -116.779, -123.68]),
}
CHANNELS = ("rgb", "bgr")


def check(input_scale, channels, depth):
    """Refuses a convention that is unknown or that images of `depth` channels cannot have."""
    if input_scale not in INPUT_SCALES:
        raise ValueError(
            f"`input_scale` must be one of {', '.join(map(repr, INPUT_SCALES))}. "
            f"Received: input_scale={input_scale!r}."
        )
    if channels not in CHANNELS:
        raise ValueError(
            f"`channels` must be one of {', '.join(map(repr, CHANNELS))}. "
            f"Received: channels={channels!r}."
        )
    needs_three = [
        name
        for name, wanted in (
            (f"input_scale={input_scale!r}", input_scale in ("torch", "caffe")),
            (f"channels={channels!r}", channels == "bgr"),
        )
        if wanted
    ]
    if needs_three and depth != 3:
        raise ValueError(
            f"{' and '.join(needs_three)} is for images of 3 channels, but the model takes "
            f"{depth}. Leave it out."
        )


def convert(images, input_scale, channels):
    """Images in [0, 1], RGB → the same images in the convention named, float32."""
    scale, offset = INPUT_SCALES[input_scale]
    ordered = images[..., ::-1] if channels == "bgr" else images
    return (ordered * np.asarray(scale) + np.asarray(offset)).astype("float32")


def described(input_scale, channels):
    """How a person says it: "images in [0, 255], BGR"."""
    scale = f"in {input_scale}" if input_scale.startswith("[") else f'in Keras\'s "{input_scale}"'
    return f"images {scale}, {channels.upper()}"

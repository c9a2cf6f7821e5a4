"""The data inside the package, checked by hash before it is used."""

import pathlib

import numpy as np

from keras_distill.files.sha256 import sha256

FOLDER = pathlib.Path(__file__).resolve().parent / "embedded"
FASHION_MNIST_CLASSES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)
# name: (file, its sha256, class names)
EMBEDDED = {
    "fashion_mnist": (
        "fashion_mnist.npz",
        "48b795052c7182993b20f991b9b3ee7a50a95584c8e6aee57705791315709f88",
        FASHION_MNIST_CLASSES,
    ),
}


def read_embedded(name):
    """{"train": (images uint8, labels), "test": …} and class names."""
    file, expected, class_names = EMBEDDED[name]
    path = FOLDER / file
    received = sha256(path)
    if received != expected:
        raise ValueError(
            f"Expected the embedded '{file}' with sha256 {expected}. Received: {received}. The "
            "installation is damaged: install keras-distill again."
        )
    with np.load(path, allow_pickle=False) as arrays:
        parts = {
            split: (
                arrays[f"{split}_images"][..., None],
                arrays[f"{split}_labels"].astype(np.int32),
            )
            for split in ("train", "test")
        }
    return parts, class_names

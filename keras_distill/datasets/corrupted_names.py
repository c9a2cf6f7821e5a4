"""What TFDS calls the configurations of its corrupted sets, and what we call the cells."""

# Hendrycks & Dietterich's 15, then their four extra.
_NAMES = (
    "gaussian_noise shot_noise impulse_noise defocus_blur glass_blur motion_blur zoom_blur snow "
    "frost fog brightness contrast elastic_transform pixelate jpeg_compression "
    "speckle_noise gaussian_blur spatter saturate"
).split()
# Where TFDS's CIFAR-10-C has names of its own.
_CIFAR10 = {"glass_blur": "frosted_glass_blur", "elastic_transform": "elastic"}
_MNIST = (
    "shot_noise impulse_noise glass_blur motion_blur shear scale rotate brightness translate "
    "stripe fog spatter dotted_line zigzag canny_edges"
).split()
# The configuration that MNIST-C holds the clean images in.
IDENTITY = "identity"
# TFDS's name: (the split with the corrupted images, {(our name, severity): configuration})
CORRUPTED = {
    "cifar10_corrupted": (
        "test",
        {(n, s): f"{_CIFAR10.get(n, n)}_{s}" for n in _NAMES for s in (1, 2, 3, 4, 5)},
    ),
    "mnist_corrupted": ("test", {(f"mnist_c/{n}", 1): n for n in _MNIST}),
    "imagenet2012_corrupted": (
        "validation",
        {(n, s): f"{n}_{s}" for n in _NAMES for s in (1, 2, 3, 4, 5)},
    ),
}

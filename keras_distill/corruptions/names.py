"""Which corruptions there are, and which sets of them are whole."""

from keras_distill.corruptions import image

BUILT = {
    kind.name: kind
    for kind in (
        image.GaussianNoise,
        image.ShotNoise,
        image.ImpulseNoise,
        image.GaussianBlur,
        image.Brightness,
        image.Contrast,
        image.Pixelate,
        image.JpegCompression,
        image.MissingPatch,
        image.MissingRows,
    )
}
IMAGENET_C = (
    "gaussian_noise shot_noise impulse_noise defocus_blur glass_blur motion_blur zoom_blur snow "
    "frost fog brightness contrast elastic_transform pixelate jpeg_compression"
).split()
MNIST_C = (
    "shot_noise impulse_noise glass_blur motion_blur shear scale rotate brightness translate "
    "stripe fog spatter dotted_line zigzag canny_edges"
).split()
SUITES = {
    "quick": list(BUILT),
    "imagenet_c": IMAGENET_C,
    "imagenet_c_extra": ["speckle_noise", "gaussian_blur", "spatter", "saturate"],
    # MNIST-C has severities of its own, so a shared name is not a built member.
    "mnist_c": [f"mnist_c/{name}" for name in MNIST_C],
    "text": ["keyboard", "ocr", "insert", "delete", "transpose", "word_drop", "word_swap"],
}


def names(suite=None):
    """Names of the corruptions that exist, all or those of one suite.

    A suite that is not whole has no list: a mean over eight of fifteen corruptions is
    no ImageNet-C figure, and shall not be called one.

    Args:
        suite: `"quick"`: everything built so far, the default of the demo. `None`
            (default): the same. `"imagenet_c"`, `"imagenet_c_extra"`, `"mnist_c"` and
            `"text"` are known and not complete yet.

    Returns:
        A list of names for `kd.corruptions.get`.

    Raises:
        ValueError: The suite is unknown, or not complete.

    Example:

    ```python
    assert "gaussian_noise" in kd.corruptions.names("quick")
    ```
    """
    if suite is None:
        return list(BUILT)
    if suite not in SUITES:
        raise ValueError(
            f"Expected a suite of corruptions: {', '.join(SUITES)}. Received: {suite!r}."
        )
    members = SUITES[suite]
    built = [name for name in members if name in BUILT]
    if len(built) < len(members):
        raise ValueError(
            f"The suite '{suite}' is not complete: {len(built)} of its {len(members)} corruptions "
            f'are built ({", ".join(built) or "none"}). Use "quick", or name the corruptions.'
        )
    return list(members)

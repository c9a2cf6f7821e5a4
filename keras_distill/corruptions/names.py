"""Which corruptions there are, and which sets of them have a name."""

import difflib

from keras_distill.corruptions import image, mnist, text

BUILT = {
    kind.name: kind
    for room in (image, mnist, text)
    for kind in vars(room).values()
    if isinstance(kind, type) and kind.name is not None
}
IMAGENET_C = (
    "gaussian_noise shot_noise impulse_noise defocus_blur glass_blur motion_blur zoom_blur snow "
    "frost fog brightness contrast elastic_transform pixelate jpeg_compression"
).split()
MNIST_C = (
    "shot_noise impulse_noise glass_blur motion_blur shear scale rotate brightness translate "
    "stripe fog spatter dotted_line zigzag canny_edges"
).split()
# What the first version had, and the demo keeps: a mean over it stays comparable.
QUICK = (
    "gaussian_noise shot_noise impulse_noise gaussian_blur brightness contrast pixelate "
    "jpeg_compression missing_patch missing_rows"
).split()
TEXT = (
    "keyboard ocr insert delete transpose word_drop word_swap case punctuation whitespace "
    "unknown_words"
).split()
# As Hendrycks & Dietterich sort them; brightness is weather, contrast is digital.
GROUPS = {
    "noise": ["gaussian_noise", "shot_noise", "impulse_noise", "speckle_noise"],
    "blur": ["defocus_blur", "gaussian_blur", "glass_blur", "motion_blur", "zoom_blur"],
    "weather": ["snow", "frost", "fog", "brightness", "spatter"],
    "digital": ["contrast", "elastic_transform", "pixelate", "jpeg_compression", "saturate"],
    "missing": ["missing_patch", "missing_rows", "missing_channel"],
    "geometry": ["shear", "scale", "rotate", "translate"],
    "drawing": ["stripe", "dotted_line", "zigzag", "canny_edges"],
    "characters": ["keyboard", "ocr", "insert", "delete", "transpose"],
    "words": ["word_drop", "word_swap", "unknown_words"],
    "form": ["case", "punctuation", "whitespace"],
}
SUITES = {
    "quick": QUICK,
    "imagenet_c": IMAGENET_C,
    "imagenet_c_extra": ["speckle_noise", "gaussian_blur", "spatter", "saturate"],
    # MNIST-C has severities of its own, so a shared name is not a built member.
    "mnist_c": [f"mnist_c/{name}" for name in MNIST_C],
    "missing": ["missing_patch", "missing_rows", "missing_channel"],
    "text": TEXT,
}


def names(suite=None):
    """Names of the corruptions that exist, all or those of one suite.

    Args:
        suite: `"imagenet_c"`: the 15 of ImageNet-C; `"imagenet_c_extra"`: its four for
            tuning; `"mnist_c"`: those of MNIST-C, at its one severity each; `"missing"`:
            parts of the image gone; `"text"`; `"quick"`: ten that are cheap, the default
            of the demo. `None` (default): every corruption there is.

    Returns:
        A list of names for `kd.corruptions.get`.

    Raises:
        ValueError: The suite is unknown.

    Example:

    ```python
    assert "gaussian_noise" in kd.corruptions.names("quick")
    ```
    """
    if suite is None:
        return list(BUILT)
    if suite not in SUITES:
        near = difflib.get_close_matches(str(suite), SUITES, n=1)
        hint = f" Did you mean: {near[0]}?" if near else ""
        raise ValueError(
            f"Expected a suite of corruptions: {', '.join(SUITES)}. Received: {suite!r}.{hint}"
        )
    return list(SUITES[suite])

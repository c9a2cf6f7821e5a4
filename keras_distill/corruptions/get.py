"""A corruption by its name."""

import difflib

from keras_distill.corruptions.image.image_corruption import ImageCorruption
from keras_distill.corruptions.names import BUILT


def get(name, severity, profile=None, rng="fast"):
    """Makes the corruption of a name at a severity.

    Args:
        name: One of `kd.corruptions.names()`, Hendrycks & Dietterich's where they have one.
        severity: 1 (slight) to 5 (strong).
        profile: Table of constants of a corruption of images: `"cifar32"`, `"tiny64"` or
            `"imagenet224"`; `None` (default) chooses by image size.
        rng: `"fast"` (default), or `"reference"` for the draws of Hendrycks' scripts.

    Returns:
        A `Corruption`: call it with `(images, seed)`, or `(texts, seed)`.

    Raises:
        ValueError: The name is unknown (the nearest are listed), or another argument is.

    Example:

    ```python
    blur = kd.corruptions.get("gaussian_blur", severity=5)
    assert blur(np.zeros((1, 28, 28, 1)), seed=0).dtype == "float32"
    ```
    """
    if name not in BUILT:
        near = difflib.get_close_matches(str(name), BUILT, n=3)
        hint = f" Did you mean: {', '.join(near)}?" if near else ""
        raise ValueError(
            f"Expected a name out of kd.corruptions.names(). Received: {name!r}.{hint}"
        )
    kind = BUILT[name]
    if issubclass(kind, ImageCorruption):
        return kind(severity=severity, profile=profile, rng=rng)
    if profile is not None or rng != "fast":
        raise ValueError(
            f"`profile` and `rng` are for corruptions of images; '{name}' is none. Received: "
            f"profile={profile!r}, rng={rng!r}."
        )
    return kind(severity=severity)

"""A corruption by its name."""

import difflib

from keras_distill.corruptions.names import BUILT


def get(name, severity, profile=None):
    """Makes the corruption of a name at a severity.

    Args:
        name: One of `kd.corruptions.names()`, Hendrycks & Dietterich's where they have one.
        severity: 1 (slight) to 5 (strong).
        profile: Table of constants, `"cifar32"`; `None` (default) chooses by image size.

    Returns:
        A `Corruption`: call it with `(images, seed)`.

    Raises:
        ValueError: The name is unknown (the nearest are listed), or the severity or the
            profile is.

    Example:

    ```python
    blur = kd.corruptions.get("gaussian_blur", severity=5)
    assert blur(np.zeros((1, 28, 28, 1)), seed=0).dtype == "float32"
    ```
    """
    if name not in BUILT:
        near = difflib.get_close_matches(str(name), BUILT, n=3)
        hint = f" Did you mean: {', '.join(near)}?" if near else ""
        raise ValueError(f"Expected a corruption: {', '.join(BUILT)}. Received: {name!r}.{hint}")
    return BUILT[name](severity=severity, profile=profile)

"""How often a prediction changes though the picture hardly does."""

import numpy as np


def flip_probability(predictions, noise=False):
    """Share of the frames at which the predicted class changes.

    Each frame after the first is compared with the frame before it; under noise, whose frames
    are not a path but fresh draws around the clean image, with the first frame. The mean is
    taken over the frames of a sequence, then over sequences. ImageNet-P divides it by
    AlexNet's and takes the mean over ten perturbations (mFR); without that baseline it is to be
    called flip probability.

    Args:
        predictions: `(sequences, frames)` classes, at least two frames: the top-1 classes of
            the images of `kd.corruptions.sequence`.
        noise: Whether the frames are draws of noise. Defaults to `False`.

    Returns:
        A float in [0, 1].

    Raises:
        ValueError: The predictions are of another shape, are no whole numbers, or none.

    Example:

    ```python
    # One sequence changes at two of its three steps, the other never.
    assert kd.robustness.flip_probability([[7, 7, 1, 7], [2, 2, 2, 2]]) == 1 / 3
    # Against the first frame it differs once.
    assert kd.robustness.flip_probability([[7, 7, 1, 7]], noise=True) == 1 / 3
    ```

    Reference:
        Hendrycks & Dietterich, 2019, Benchmarking Neural Network Robustness to Common
        Corruptions and Perturbations, https://arxiv.org/abs/1903.12261, section 4
    """
    predictions = np.asarray(predictions)
    if predictions.ndim != 2 or len(predictions) < 1 or predictions.shape[1] < 2:
        raise ValueError(
            "Expected predictions of shape (sequences, frames), at least one sequence of two "
            f"frames. Received: shape {predictions.shape}. Take the argmax over the classes."
        )
    if predictions.dtype.kind not in "iu":
        raise ValueError(
            "Expected the predicted classes as whole numbers. Received: dtype "
            f"{predictions.dtype}. Take the argmax over the classes."
        )
    reference = predictions[:, :1] if noise else predictions[:, :-1]
    return float(np.mean(predictions[:, 1:] != reference))

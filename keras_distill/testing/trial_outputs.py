"""What a loss is tried on: outputs drawn with a fixed seed, near, far and extreme ones."""

import keras
import numpy as np


def drawn_outputs(loss, who, batch=8):
    """Logits `(batch, 10)`, or features `(batch, 4, 4, 6)` for a loss that names layers.

    Args:
        loss: A `kd.losses.DistillationLoss`.
        who: `"teacher"` or `"student"`.
        batch: The number of examples.

    Returns:
        A float32 array, a list of them for a loss over several layers. Probabilities
        for a loss with `from_logits=False`.
    """
    rng = np.random.default_rng(0 if who == "teacher" else 1)
    paths = getattr(loss, f"{who}_layer_name")
    head = paths is None or is_response(loss)
    if head:
        made = 2.0 * rng.normal(size=(batch, 10))
        return from_logits(loss, made).astype("float32")
    made = [
        rng.normal(size=(batch, 4, 4, 6)).astype("float32")
        for _ in (paths if isinstance(paths, (list, tuple)) else [paths])
    ]
    return made if isinstance(paths, (list, tuple)) else made[0]


def is_response(loss):
    """Whether a loss compares class scores, which may be probabilities."""
    return hasattr(loss, "from_logits")


def from_logits(loss, logits):
    """Logits as they are, or as the probabilities that a loss asks for."""
    if getattr(loss, "from_logits", None) is not False:
        return logits
    if logits.shape[-1] == 1:
        return 1.0 / (1.0 + np.exp(-np.clip(logits, -80.0, 80.0)))
    raised = np.exp(logits - logits.max(-1, keepdims=True))
    return raised / raised.sum(-1, keepdims=True)


def mapped(function, *outputs):
    """A function of arrays on one output, or on each of several."""
    return keras.tree.map_structure(function, *outputs)


def shapes(outputs):
    """The shape of each output."""
    return [each.shape for each in keras.tree.flatten(outputs)]


def wrong_outputs(loss, teacher, size):
    """A student that is as sure as `size` of something else than the teacher.

    Args:
        loss: A `kd.losses.DistillationLoss`.
        teacher: What the teacher puts out.
        size: Logits, or features, are ± `size`.

    Returns:
        Outputs of the shape of `teacher`: high where the teacher is lowest, low elsewhere.
    """

    def wrong(each):
        lowest = each == each.min(axis=-1, keepdims=True)
        if each.shape[-1] == 1:
            lowest = each < np.median(each)
        return from_logits(loss, np.where(lowest, size, -size)).astype("float32")

    return mapped(wrong, teacher)


def constant_outputs(loss, outputs, value):
    """Logits, or features, that are all `value`."""
    return mapped(
        lambda each: from_logits(loss, np.full(each.shape, value)).astype("float32"), outputs
    )


def alternating_outputs(loss, outputs, size):
    """+size, −size, +size … along the last axis, the next example the other way round."""

    def alternating(each):
        rows = np.arange(each.shape[0]).reshape((-1,) + (1,) * (each.ndim - 1))
        sign = (-1.0) ** (rows + np.arange(each.shape[-1]))
        return from_logits(loss, np.broadcast_to(size * sign, each.shape)).astype("float32")

    return mapped(alternating, outputs)


def perturbed_outputs(loss, outputs, amount, seed):
    """Outputs with noise: added to logits and features, to the logs of probabilities."""
    rng = np.random.default_rng(seed)

    def perturbed(each):
        noise = amount * rng.normal(size=each.shape)
        if getattr(loss, "from_logits", None) is not False:
            return (each + noise).astype("float32")
        p = np.clip(each.astype("float64"), 1e-7, 1.0 - 1e-7)
        logits = np.log(p) - (np.log1p(-p) if each.shape[-1] == 1 else 0.0)
        return from_logits(loss, logits + noise).astype("float32")

    return mapped(perturbed, outputs)

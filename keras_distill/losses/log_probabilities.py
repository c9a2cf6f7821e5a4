"""From probabilities back to numbers that softmax or sigmoid turns into them."""

from keras import ops

# The smallest normal float32: a probability that underflowed keeps a finite log.
TINY = 1.1754944e-38


def log_probabilities(outputs):
    """Logits of a softmax head: its own where Keras kept them, else `log p`.

    `log p` is the logits up to a constant that softmax ignores.
    """
    kept = getattr(outputs, "_keras_logits", None)
    if kept is not None:
        return ops.cast(kept, "float32")
    return ops.log(ops.maximum(ops.cast(outputs, "float32"), TINY))


def log_odds(outputs):
    """Logits of a sigmoid head: its own where Keras kept them, else `log p − log(1 − p)`."""
    kept = getattr(outputs, "_keras_logits", None)
    if kept is not None:
        return ops.cast(kept, "float32")
    outputs = ops.cast(outputs, "float32")
    return ops.log(ops.maximum(outputs, TINY)) - ops.log(ops.maximum(1.0 - outputs, 6e-8))

"""Which tokens are real, where the student's outputs do not carry Keras's own mask."""

import keras
from keras import ops


def padding_mask(x, student):
    """The mask that the student's inputs tell, or `None`.

    KerasHub's models take their mask as an input and put out none. A student with
    `Embedding(mask_zero=True)` has one inside, which attention layers and pooling drop.

    Args:
        x: What the student is fed: a dict whose `"padding_mask"` is true (1) at real
            tokens, or integer ids `(batch, tokens)`.
        student: The student.

    Returns:
        bool `(batch, tokens)`, or `None` where nothing is known of padding.
    """
    if isinstance(x, dict):
        mask = x.get("padding_mask")
        return None if mask is None or len(mask.shape) != 2 else ops.cast(mask, "bool")
    if keras.tree.is_nested(x) or x is None or len(x.shape) != 2:
        return None
    masks = any(
        isinstance(each, keras.layers.Embedding) and each.mask_zero
        for each in student._flatten_layers()
    )
    return ops.not_equal(x, 0) if masks and _are_ids(x) else None


def _are_ids(x):
    return str(getattr(x.dtype, "name", x.dtype)).removeprefix("u").startswith("int")

"""Clean examples beside corrupted ones that were made here, or by others."""

import numpy as np

from keras_distill.robustness.measuring.measured_data import MeasuredData, order_like


def clean_data(data, corruptions):
    """The clean data, the labels of all cells, and the clean examples' order in the cells.

    Published sets have an order of their own, in which TFDS wrote them, and do not say which
    clean example a corrupted one was made from. Clean examples are then brought into an order
    with the same labels: per class and per cell everything is exact, and what is said of clean
    against corrupted accuracy is merely not paired.

    Args:
        data: What `evaluate` was given, None where the published set holds clean images.
        corruptions: Likewise.

    Returns:
        A `MeasuredData`, int64 labels `(n,)`, and places `(n,)` in the clean data.

    Raises:
        ValueError: If there are no clean data, or their labels are not those of the set.
    """
    if not hasattr(corruptions, "cells"):
        data = MeasuredData(data)
        return data, data.labels, np.arange(data.n)
    clean = corruptions.clean() if data is None else data
    if clean is None:
        raise ValueError(
            f"'{corruptions.name}' holds no clean images. Give the clean test set that it was made "
            "from as `data`."
        )
    data = MeasuredData(clean)
    labels = np.asarray(corruptions.labels, "int64")
    order = order_like(data.labels, labels)
    if order is None:
        raise ValueError(
            f"The {data.n} clean examples are not those that '{corruptions.name}' was made from: "
            f"its {len(labels)} labels are others. Give the whole clean test set."
        )
    return data, labels, order

"""Whether calibration data show every class."""

import warnings

import numpy as np


def check_classes(labels, outputs):
    """Warns if the labels that came along are not of all classes.

    Ranges that were found on few classes cut off what others need. Data sorted by class are the
    usual reason.

    Args:
        labels: Labels of the examples taken, whole numbers `(n,)` or one-hot `(n, classes)`; None
            or anything else tells nothing.
        outputs: The model's outputs, each with `shape` of one example.
    """
    if labels is None or len(outputs) != 1 or len(outputs[0].shape) != 1:
        return
    classes = outputs[0].shape[0]
    labels = np.asarray(labels)
    if labels.ndim == 2 and labels.shape[1] == classes > 1:
        labels = labels.argmax(1)
    labels = labels.reshape(-1) if labels.shape[1:] in ((), (1,)) else np.zeros(0)
    if not len(labels) or not np.array_equal(labels, np.rint(labels)):
        return
    seen = np.unique(labels).astype(int)
    # Of a shuffled set this many examples show all classes as good as always.
    expected = min(classes, max(2, len(labels) // 8))
    if classes > 1 and len(seen) < expected:
        shown = ", ".join(str(n) for n in seen[:10]) + (", …" if len(seen) > 10 else "")
        warnings.warn(
            f"`calibration_data`: of {classes} classes the {len(labels)} examples taken show only "
            f"{len(seen)} ({shown}). The ranges may not fit the others: shuffle the data.",
            stacklevel=3,
        )

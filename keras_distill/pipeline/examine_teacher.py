"""Looks at a teacher on validation images: fed right, and better than chance?"""

import numpy as np

from keras_distill.teachers.examine import examine

EXAMPLES = 1000


def examine_teacher(teacher, splits):
    """`kd.teachers.examine` on up to 1,000 validation images.

    Args:
        teacher: A `keras.Model`.
        splits: `(train, validation, test)`; `class_names` is used where there is one.
    """
    images, labels, seen = [], [], 0
    for x, y in splits[1]:
        images.append(np.asarray(x))
        labels.append(np.asarray(y))
        seen += len(images[-1])
        if seen >= EXAMPLES:
            break
    if not seen:
        raise ValueError(
            "The validation set is empty. Expected labelled images to look at the teacher with: "
            "give a data set with at least a few dozen images."
        )
    x, y = np.concatenate(images)[:EXAMPLES], np.concatenate(labels)[:EXAMPLES]
    names = getattr(splits, "class_names", None)
    return examine(lambda batch: teacher(batch, training=False), x, y, class_names=names)

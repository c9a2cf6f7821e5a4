"""Looks at a teacher on validation images: fed right, and better than chance?"""

import numpy as np

from keras_distill.teachers.examine import examine

EXAMPLES = 1000
# Fewer cannot tell a mistake from luck; then training images are looked at as well.
ENOUGH = 300


def examine_teacher(teacher, splits):
    """`kd.teachers.examine` on up to 1,000 validation images.

    Args:
        teacher: A `keras.Model`.
        splits: `(train, validation, test)`; `class_names` is used where there is one.
    """
    train, validation, _ = splits
    images, labels = _examples(validation, EXAMPLES)
    if len(images) < ENOUGH:
        more_images, more_labels = _examples(train, ENOUGH - len(images))
        images, labels = [*images, *more_images], [*labels, *more_labels]
    if not images:
        raise ValueError(
            "The data has no images to look at the teacher with. Expected at least a few dozen "
            "labelled images."
        )
    names = getattr(splits, "class_names", None)
    return examine(
        lambda batch: teacher(batch, training=False),
        np.stack(images),
        np.stack(labels),
        class_names=names,
    )


def _examples(split, count):
    images, labels = [], []
    for x, y in split:
        images.extend(np.asarray(x))
        labels.extend(np.asarray(y))
        if len(images) >= count:
            break
    return images[:count], labels[:count]

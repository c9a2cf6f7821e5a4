"""Brings two feature maps to one resolution."""

from keras import ops


def resolutions_fit(teacher_shape, student_shape):
    """Whether, along height and width, one size is a multiple of the other."""
    pairs = zip(teacher_shape[1:3], student_shape[1:3], strict=True)
    return all(None in (t, s) or t % s == 0 or s % t == 0 for t, s in pairs)


def pool_sizes(shape, other_shape):
    """By how much a map is pooled along height and width to be no larger than another."""
    pairs = zip(shape[1:3], other_shape[1:3], strict=True)
    return tuple(1 if None in (own, other) else max(1, own // other) for own, other in pairs)


def common_resolution(teacher, student):
    """The larger of two maps average-pooled to the smaller.

    Args:
        teacher: `(batch, height, width, channels)`.
        student: The same; channels may differ. `resolutions_fit` has said yes.

    Returns:
        `(teacher, student)`, equal in height and width.
    """
    return (
        _pooled(teacher, pool_sizes(teacher.shape, student.shape)),
        _pooled(student, pool_sizes(student.shape, teacher.shape)),
    )


def _pooled(features, sizes):
    if sizes == (1, 1):
        return features
    return ops.average_pool(features, sizes, sizes, data_format="channels_last")

"""What a batch carries beside its inputs: ids of the examples, a teacher's outputs."""

INPUTS = "keras_distill_inputs"
SAMPLE_IDS = "keras_distill_sample_ids"
TEACHER = "keras_distill_teacher"


def attached(x, sample_ids, teacher):
    """A batch's x with what belongs to it; without `teacher`, ids alone."""
    made = {INPUTS: x, SAMPLE_IDS: sample_ids}
    return made if teacher is None else {**made, TEACHER: teacher}


def detached(x):
    """`(x, sample_ids, teacher)` of a batch's x; `None`s where nothing is attached."""
    if isinstance(x, dict) and INPUTS in x:
        return x[INPUTS], x.get(SAMPLE_IDS), x.get(TEACHER)
    return x, None, None

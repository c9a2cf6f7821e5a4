"""Checks of a loss over students from right to very wrong; each raises ValueError."""

import numpy as np
from keras import ops

from keras_distill.testing.trial_outputs import (
    alternating_outputs,
    constant_outputs,
    perturbed_outputs,
    shapes,
    wrong_outputs,
)


def check_extremes(probe, teacher, student, saturates):
    """Finite values and gradients whatever the student; a gradient where it is wrong."""
    loss, reference = probe.loss, teacher if shapes(teacher) == shapes(student) else student
    wrong = wrong_outputs(loss, reference, 30.0)
    students = {
        "the drawn outputs": student,
        "zeros": constant_outputs(loss, student, 0.0),
        "±1,000": alternating_outputs(loss, student, 1e3),
        "outputs sure of what the teacher thinks least": wrong,
        "the same, at ±1,000": wrong_outputs(loss, reference, 1e3),
    }
    if reference is teacher:
        students["the teacher's outputs"] = teacher
    floor = 0.0
    for said, each in students.items():
        values, gradient = probe.value_and_gradient(teacher, each)
        for what, numbers in (("values", values), ("gradients", gradient)):
            if not np.isfinite(numbers).all():
                raise ValueError(
                    f"{probe.name} must have finite {what}. Received: "
                    f"{np.isnan(numbers).sum()} NaN and {np.isinf(numbers).sum()} infinite ones "
                    f"of {numbers.size}, for a student with {said}. Compute on logits in log "
                    "space, and keep 0 away from log, sqrt and division before keras.ops.where."
                )
        size = np.abs(gradient).max()
        floor = 1e-9 * size if each is student else floor
        # What is left of a gradient through a saturated softmax moves nothing.
        asked = each is student or each is wrong and not saturates
        if asked and size <= (0.0 if each is student else floor):
            raise ValueError(
                f"{probe.name} must have a gradient where the student is wrong. Received: "
                f"{size:.2g} at most, for a student with {said}. Look for clip, argmax, rounding "
                "or stop_gradient on the student's side."
            )


def check_minimum(probe, teacher, student, batch_relational):
    """No student has a lower value than one that puts out what the teacher does."""
    if shapes(teacher) != shapes(student):
        return
    best = ops.convert_to_numpy(probe.values(teacher, teacher))
    for amount in (0.03, 0.3, 3.0):
        for seed in range(3):
            near = perturbed_outputs(probe.loss, teacher, amount, seed)
            made = ops.convert_to_numpy(probe.values(teacher, near))
            if batch_relational:
                made, best = np.atleast_1d(made.mean()), np.atleast_1d(best.mean())
            if (best > made + 1e-5 * np.abs(made) + 1e-6).any():
                at = np.argmax(best - made)
                raise ValueError(
                    f"{probe.name} must be lowest where the student puts out what the teacher "
                    f"does. Received: {best.flat[at]:.6g} there, {made.flat[at]:.6g} for a student "
                    f"with noise of {amount}. Pass zero_at_teacher=False if that is its purpose."
                )

"""check_distillation_loss: our losses pass, each planted fault is told by its sentence."""

import re

import numpy as np
import pytest
from keras import ops

from keras_distill import losses
from keras_distill.testing import check_distillation_loss


def mean_square(teacher, student):
    return ops.mean(ops.square(student - teacher), axis=-1)


class Centred(losses.ResponseLoss):
    """As LogitMatching: squared error on centred logits."""

    def call(self, teacher_outputs, student_outputs):
        difference = ops.subtract(*self.logits(teacher_outputs, student_outputs))
        return ops.mean(ops.square(difference - ops.mean(difference, -1, keepdims=True)), axis=-1)


class Labelled(losses.DistillationLoss):
    """Asks for labels: a call without them, or with others' labels, would not do."""

    def call(self, teacher_outputs, student_outputs, labels, sample_ids, mask=None):
        weights = 1.0 + ops.cast(labels, "float32") + ops.cast(sample_ids, "float32")
        return weights * mean_square(teacher_outputs, student_outputs)


@pytest.mark.parametrize(
    "make",
    [
        losses.SoftTargets,
        Centred,
        lambda: losses.SoftTargets(from_logits=False),
        lambda: losses.FeatureHint("a", "b", projection=False),
        lambda: losses.FeatureHint("a", "b"),
    ],
)
def test_losses_that_pass(make):
    assert check_distillation_loss(make()) is None


def test_losses_that_pass_on_what_they_are_given():
    rng = np.random.default_rng(0)
    t, s = (rng.normal(size=(5, 3)).astype("float32") for _ in range(2))
    check_distillation_loss(Labelled(), t, s, labels=np.array([0, 4, 2, 1, 3]))
    check_distillation_loss(losses.SimilarityPreservation("a", "b"), t, s, batch_relational=True)
    check_distillation_loss(losses.FeatureHint("a", "b", seed=1), t, s[:, :2])
    tokens = [rng.normal(size=(4, 3, 5)).astype("float32") for _ in range(2)]
    check_distillation_loss(losses.SoftTargets(), *tokens)


class Scalar(losses.DistillationLoss):
    def call(self, teacher_outputs, student_outputs):
        return ops.mean(mean_square(teacher_outputs, student_outputs))


class Half(losses.DistillationLoss):
    def call(self, teacher_outputs, student_outputs):
        return ops.mean(
            ops.square(ops.cast(teacher_outputs, "float16") - ops.cast(student_outputs, "float16")),
            axis=-1,
        )


class HalfInside(Half):
    def call(self, teacher_outputs, student_outputs):
        return ops.cast(super().call(teacher_outputs, student_outputs), "float32")


class Follows(losses.DistillationLoss):
    """Computes in whatever comes in."""

    def __init__(self, **kwargs):
        super().__init__(autocast=False, **kwargs)

    def call(self, teacher_outputs, student_outputs):
        return ops.cast(mean_square(teacher_outputs, student_outputs), "float32")


class Smeared(losses.DistillationLoss):
    def call(self, teacher_outputs, student_outputs):
        values = mean_square(teacher_outputs, student_outputs)
        return ops.ones_like(values) * ops.mean(values)


class ByPlace(losses.DistillationLoss):
    def call(self, teacher_outputs, student_outputs):
        values = mean_square(teacher_outputs, student_outputs)
        return values * ops.cast(ops.arange(1, ops.shape(values)[0] + 1), "float32")


class LogOfSoftmax(losses.DistillationLoss):
    def call(self, teacher_outputs, student_outputs):
        p, q = ops.softmax(teacher_outputs), ops.softmax(student_outputs)
        return ops.sum(p * (ops.log(p) - ops.log(q)), axis=-1)


class LogOfClippedSoftmax(losses.DistillationLoss):
    """Keras's own KLDivergence is like it."""

    def call(self, teacher_outputs, student_outputs):
        p, q = ops.softmax(teacher_outputs), ops.softmax(student_outputs)
        p, q = ops.clip(p, 1e-7, 1.0), ops.clip(q, 1e-7, 1.0)
        return ops.sum(p * ops.log(p / q), axis=-1)


class Root(losses.DistillationLoss):
    def call(self, teacher_outputs, student_outputs):
        return ops.sqrt(mean_square(teacher_outputs, student_outputs))


class Dead(losses.DistillationLoss):
    def call(self, teacher_outputs, student_outputs):
        disagree = ops.argmax(teacher_outputs, -1) != ops.argmax(student_outputs, -1)
        return ops.cast(disagree, "float32") + 0.0 * mean_square(teacher_outputs, student_outputs)


class Backwards(losses.DistillationLoss):
    def call(self, teacher_outputs, student_outputs):
        return -mean_square(teacher_outputs, student_outputs)


class Squeezed(losses.DistillationLoss):
    def call(self, teacher_outputs, student_outputs):
        return ops.squeeze(mean_square(teacher_outputs, student_outputs))


class Spread(losses.DistillationLoss):
    """Needs two examples, and more than one if any."""

    def call(self, teacher_outputs, student_outputs):
        values = mean_square(teacher_outputs, student_outputs)
        number = ops.cast(ops.shape(values)[0] - 1, "float32")
        return values + 0.0 * ops.sum(values) / number


class Interpreted(losses.DistillationLoss):
    def call(self, teacher_outputs, student_outputs):
        values = mean_square(teacher_outputs, student_outputs)
        return values if float(ops.max(values)) > 0.0 else values


class Traced(losses.DistillationLoss):
    def call(self, teacher_outputs, student_outputs):
        # Stands for Python's own state, which a compiled function reads once.
        traced = type(student_outputs).__name__ not in ("EagerTensor", "ArrayImpl")
        return mean_square(teacher_outputs, student_outputs) * (2.0 if traced else 1.0)


LOOK = (
    "# at most, for a student with {}. Look for clip, argmax, rounding or stop_gradient on the "
    "student's side."
)
LOG = (
    " Compute on logits in log space, and keep 0 away from log, sqrt and division before "
    "keras.ops.where."
)


@pytest.mark.parametrize(
    "make, sentence",
    [
        (
            Scalar,
            "Scalar must return one value per example, of shape (8,). Received: values of shape "
            "(). Average over the axes behind the first, not over the batch.",
        ),
        (
            Half,
            "Half must return float32. Received: float16. Begin `call` with "
            'keras.ops.cast(outputs, "float32").',
        ),
        (
            HalfInside,
            "HalfInside must compute in float32. Received: values and gradients with no more "
            "digits than float16 has. Cast to float32 before computing, and to nothing less.",
        ),
        (
            Smeared,
            "Smeared must give an example a value that does not depend on other examples. "
            "Received: # instead of # for example 1 after example 0 was changed. Average over the "
            "axes behind the first only, or pass batch_relational=True if it compares examples on "
            "purpose.",
        ),
        (
            ByPlace,
            "ByPlace must give each example its own value, in whichever order they come. "
            "Received: # instead of # for example # of a permuted batch. Do not compute with an "
            "example's place in the batch; ask for `sample_ids` in `call`.",
        ),
        (
            Follows,
            "Follows must give for float16 outputs what it gives for the same numbers as "
            "float32. Received: # instead of # for example #. Begin `call` with "
            'keras.ops.cast(outputs, "float32").',
        ),
        (
            LogOfSoftmax,
            "LogOfSoftmax must have finite values. Received: 0 NaN and 8 infinite ones of 8, for "
            "a student with ±1,000." + LOG,
        ),
        (
            LogOfClippedSoftmax,
            "LogOfClippedSoftmax must have a gradient where the student is wrong. Received: "
            + LOOK.format("outputs sure of what the teacher thinks least"),
        ),
        (
            Root,
            "Root must have finite gradients. Received: 80 NaN and 0 infinite ones of 80, for a "
            "student with the teacher's outputs." + LOG,
        ),
        (
            Dead,
            "Dead must have a gradient where the student is wrong. Received: "
            + LOOK.format("the drawn outputs"),
        ),
        (
            Backwards,
            "Backwards must be lowest where the student puts out what the teacher does. Received: "
            "# there, # for a student with noise of 0.03. Pass zero_at_teacher=False if that is "
            "its purpose.",
        ),
        (
            Squeezed,
            "Squeezed must work on a batch of one example, as the last one of an epoch may be. "
            "Received: shape (), finite. Do not squeeze, and divide by no spread over the batch.",
        ),
        (
            Spread,
            "Spread must work on a batch of one example, as the last one of an epoch may be. "
            "Received: shape (1,), not finite. Do not squeeze, and divide by no spread over the "
            "batch.",
        ),
        (
            Interpreted,
            "Interpreted must work in a compiled function. Received: the # above. Use keras.ops "
            "and no NumPy, no `if` on a tensor's value, in `call`.",
        ),
        (
            Traced,
            "Traced must give the same values compiled and eager. Received: # instead of # for "
            "example 0. Keep no state and draw nothing at random in `call`; draw from `step` and a "
            "seed.",
        ),
    ],
)
def test_planted_faults_are_told(make, sentence):
    # `#` stands for a number, or an error's name, that differs by backend.
    pattern = re.escape(sentence).replace(r"\#", r"[-+\w.]+")
    with pytest.raises(ValueError, match=f"^{pattern}$"):
        check_distillation_loss(make())


def test_what_is_on_purpose_can_be_said():
    assert check_distillation_loss(Smeared(), batch_relational=True) is None
    assert check_distillation_loss(Backwards(), zero_at_teacher=False) is None
    assert check_distillation_loss(LogOfClippedSoftmax(), saturates=True) is None


def test_arguments_that_are_none():
    two = np.zeros((2, 3))
    for arguments, kind, sentence in (
        (
            (losses.SoftTargets,),
            TypeError,
            "`loss` must be an instance of a subclass of kd.losses.DistillationLoss. Received: "
            f"loss={losses.SoftTargets!r}.",
        ),
        (
            (losses.SoftTargets(), two),
            ValueError,
            "Pass both `teacher_outputs` and `student_outputs`. Received: one only.",
        ),
        (
            (losses.SoftTargets(), two, np.zeros((4, 3))),
            ValueError,
            "Teacher and student outputs must be of the same two or more examples. Received: "
            "batches of 2, 4.",
        ),
    ):
        with pytest.raises(kind, match=f"^{re.escape(sentence)}$"):
            check_distillation_loss(*arguments)


def test_a_loss_that_does_not_read_the_student():
    # No gradient, and not the backend's own error about it.
    class Constant(losses.DistillationLoss):
        def call(self, teacher_outputs, student_outputs):
            return ops.mean(ops.square(teacher_outputs), axis=-1)

    with pytest.raises(ValueError, match="^Constant must have a gradient where the student is"):
        check_distillation_loss(Constant())

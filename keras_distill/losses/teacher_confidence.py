"""Weighs each example by how far the teacher can be believed on it."""

import math

import keras
from keras import ops

from keras_distill.losses.entropy import entropy
from keras_distill.losses.log_probabilities import log_odds
from keras_distill.losses.response_loss import ResponseLoss
from keras_distill.losses.sequence_soft_targets import SequenceSoftTargets
from keras_distill.losses.target_classes import target_classes

GATES = ("correct", "confidence", "entropy")


def teacher_gate(teacher_logits, gate, labels=None):
    """How far the teacher can be believed, in [0, 1].

    Args:
        teacher_logits: float32 `(..., classes)`.
        gate: `"correct"`, `"confidence"` or `"entropy"`.
        labels: For `"correct"`: as in `target_classes`.

    Returns:
        float32 `(...)`.
    """
    if gate == "correct":
        wanted, _ = target_classes(labels, teacher_logits)
        chosen = ops.cast(ops.argmax(teacher_logits, axis=-1), "int32")
        return ops.cast(ops.equal(wanted, chosen), "float32")
    if gate == "confidence":
        return ops.max(ops.softmax(teacher_logits, axis=-1), axis=-1)
    sureness = 1.0 - entropy(teacher_logits) / math.log(teacher_logits.shape[-1])
    # Rounding must not turn a term's sign where the teacher knows nothing.
    return ops.maximum(sureness, 0.0)


def sigmoid_teacher_gate(teacher_logits, gate, labels=None):
    """`teacher_gate` of yes-no outputs: of each as two classes, then their mean.

    Args:
        teacher_logits: float32 `(..., tags)`, one logit for each tag; one tag is two classes.
        gate: As in `teacher_gate`.
        labels: 0 or 1 for each tag, anything else where it is unknown; `(...)` will do
            for one tag.

    Returns:
        float32 `(...)`.
    """
    if labels is not None and len(labels.shape) < len(teacher_logits.shape):
        labels = ops.expand_dims(labels, axis=-1)
    # sigmoid(z) is softmax over (0, z).
    classes = ops.stack([ops.zeros_like(teacher_logits), teacher_logits], axis=-1)
    return ops.mean(teacher_gate(classes, gate, labels), axis=-1)


@keras.saving.register_keras_serializable(package="keras_distill")
class TeacherConfidence(ResponseLoss):
    """Multiplies another loss, example by example, by how far the teacher can be believed.

    `"correct"`: 1 where the teacher's choice is the label, else 0; examples without a label
    count. `"confidence"`: the teacher's highest probability. `"entropy"`: 1 − H / log(classes).
    Temperature 1 in both. Of yes-no outputs (`BinarySoftTargets`) each is gated as two classes
    and the example gets their mean, so that `"correct"` is the share of right tags. For weak
    teachers and noisy data. The mean stays over all examples, so that a batch in which the
    teacher is mostly wrong counts less.

    Args:
        loss: A loss on class scores, such as `SoftTargets()`.
        gate: `"correct"`, `"confidence"` (default) or `"entropy"`.
        **kwargs: `name`.

    Returns:
        When called on `(teacher_outputs, student_outputs, labels=)`: what `loss` returns,
        weighted.

    Raises:
        TypeError: `loss` does not compare class scores.
        ValueError: `gate` is something else.

    Example:

    ```python
    loss = kd.losses.TeacherConfidence(kd.losses.SoftTargets(2.0), gate="correct")
    teacher, student = np.array([[2.0, 0.0], [2.0, 0.0]]), np.zeros((2, 2))
    values = loss(teacher, student, labels=np.array([0, 1]))
    assert values[0] > 0 and values[1] == 0
    ```
    """

    def __init__(self, loss, gate="confidence", **kwargs):
        if not isinstance(loss, ResponseLoss):
            raise TypeError(
                "TeacherConfidence weighs a loss on class scores, such as kd.losses.SoftTargets(). "
                f"Received: loss={loss!r} of type {type(loss).__name__}."
            )
        if isinstance(loss, SequenceSoftTargets):
            raise TypeError(
                "TeacherConfidence weighs tokens one by one. Received: loss=SequenceSoftTargets, "
                "whose value is a whole sequence's. Pass kd.losses.SoftTargets() instead."
            )
        if gate not in GATES:
            raise ValueError(
                f"`gate` must be one of {', '.join(map(repr, GATES))}. Received: gate={gate!r}."
            )
        super().__init__(
            loss.from_logits, loss.teacher_layer_name, loss.student_layer_name, **kwargs
        )
        self.loss = loss
        self.gate = gate
        # Probabilities become logits as the inner loss has it: sigmoid heads differ.
        self.inverse = loss.inverse

    def call(
        self,
        teacher_outputs,
        student_outputs,
        step=0,
        labels=None,
        sample_ids=None,
        mask=None,
        training=None,
    ):
        context = {
            "step": step, "labels": labels, "sample_ids": sample_ids, "mask": mask,
            "training": training,
        }  # fmt: skip
        asked = {name: context.get(name) for name in self.loss.asks_for()}
        values = self.loss(teacher_outputs, student_outputs, **asked)
        teacher, _ = self.logits(teacher_outputs, student_outputs)
        believed = sigmoid_teacher_gate if self.inverse is log_odds else teacher_gate
        weights = self.per_example(ops.stop_gradient(believed(teacher, self.gate, labels)))
        return values * weights

    def check(self, teacher_outputs, student_outputs):
        self.loss.check(teacher_outputs, student_outputs)

    def get_config(self):
        base = super().get_config()
        for key in ("from_logits", "teacher_layer_name", "student_layer_name"):
            base.pop(key)
        return {**base, "loss": keras.saving.serialize_keras_object(self.loss), "gate": self.gate}

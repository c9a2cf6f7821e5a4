"""The teacher's first choice, taken for the label."""

import keras
from keras import ops

from keras_distill.losses.response_loss import ResponseLoss


def hard_label_cross_entropy(teacher_logits, student_logits):
    """−log softmax(student) at the teacher's most probable class.

    Args:
        teacher_logits: float32 `(..., classes)`.
        student_logits: float32 `(..., classes)`.

    Returns:
        float32 `(...)`, from 0.
    """
    chosen = ops.argmax(teacher_logits, axis=-1)
    log_q = ops.log_softmax(student_logits, axis=-1)
    wanted = ops.one_hot(chosen, student_logits.shape[-1], dtype="float32")
    # A product would make 0 · −inf of a forbidden class.
    return -ops.sum(ops.where(wanted > 0.5, log_q, 0.0), axis=-1)


@keras.saving.register_keras_serializable(package="keras_distill")
class HardTeacherLabels(ResponseLoss):
    """Trains the student on the teacher's decisions.

    Cross-entropy to the class that the teacher thinks most probable (the first of
    equals). For examples without labels (pseudo-labels), and for teachers whose
    probabilities are not to be trusted; what the teacher thinks of the other classes,
    most of what `SoftTargets` teaches, is lost. No hyper-parameters.

    Args:
        from_logits: As in `SoftTargets`.
        teacher_layer_name: Path of the teacher's head when it has several outputs.
        student_layer_name: The same for the student.
        **kwargs: `name`.

    Returns:
        When called on `(teacher_outputs, student_outputs)`, both `(batch, classes)`:
        float32 `(batch,)`; `(batch, tokens)` for sequences.

    Raises:
        ValueError: Class counts differ, or there is one output only.

    Example:

    ```python
    values = kd.losses.HardTeacherLabels()(np.array([[0.0, 2.0]]), np.array([[0.0, 0.0]]))
    assert np.allclose(values, np.log(2))
    ```

    Reference:
        Lee, 2013, Pseudo-Label (ICML workshop); Touvron et al., 2021, Training
        Data-Efficient Image Transformers & Distillation through Attention, §4,
        https://arxiv.org/abs/2012.12877
    """

    def call(self, teacher_outputs, student_outputs):
        teacher, student = self.logits(teacher_outputs, student_outputs)
        return self.per_example(hard_label_cross_entropy(teacher, student))

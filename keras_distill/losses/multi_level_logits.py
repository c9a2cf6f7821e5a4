"""Multi-level logit distillation: examples, batch and classes, at several temperatures."""

import keras
from keras import ops

from keras_distill.losses.response_loss import ResponseLoss
from keras_distill.losses.soft_targets import soft_target_divergence


def multi_level_divergence(teacher_logits, student_logits, temperature):
    """Instance, batch and class level at one temperature.

    Args:
        teacher_logits: float32 `(batch, classes)`.
        student_logits: float32 `(batch, classes)`.
        temperature: Above 0.

    Returns:
        float32 `(batch,)`; its mean is the paper's sum of the three levels.
    """
    p, q = (ops.softmax(each / temperature, axis=-1) for each in (teacher_logits, student_logits))
    instance = soft_target_divergence(teacher_logits, student_logits, temperature)
    batch = ops.matmul(q, ops.transpose(q)) - ops.matmul(p, ops.transpose(p))
    classes = ops.matmul(ops.transpose(q), q) - ops.matmul(ops.transpose(p), p)
    class_level = ops.sum(ops.square(classes)) / p.shape[-1]
    return instance + ops.sum(ops.square(batch), axis=-1) + class_level


@keras.saving.register_keras_serializable(package="keras_distill")
class MultiLevelLogits(ResponseLoss):
    """Compares outputs example by example, over the batch and over the classes.

    At each temperature, summed: T² · KL (instance level), ‖QQᵀ − PPᵀ‖² / batch (how alike
    two examples are) and ‖QᵀQ − PᵀP‖² / classes (how alike two classes are); P and Q are
    the probabilities, `(batch, classes)`. The class level belongs to the batch and is given
    to every example whole, so that the mean over the batch is the paper's loss. The
    authors' code also leaves out examples of which the teacher is not sure; here all count.

    The class level grows with the square of the batch. At a batch of 128, SGD with a
    learning rate of 0.1 did not train in our benchmark; take a lower one, or a weight of 0.1
    or less.

    Args:
        temperatures: Numbers above 0. Defaults to `(2, 3, 4, 5, 6)`, the authors'.
        from_logits: As in `SoftTargets`.
        teacher_layer_name: Path of the teacher's head when it has several outputs.
        student_layer_name: The same for the student.
        **kwargs: `name`.

    Returns:
        When called on `(teacher_outputs, student_outputs)`, both `(batch, classes)`:
        float32 `(batch,)`.

    Raises:
        ValueError: Class counts differ, there is one output only, or outputs are not
            `(batch, classes)`.

    Example:

    ```python
    values = kd.losses.MultiLevelLogits()(np.zeros((4, 10)), np.ones((4, 10)))
    assert np.allclose(values, 0.0, atol=1e-5)  # softmax is the same
    ```

    Reference:
        Jin et al., 2023, Multi-Level Logit Distillation (CVPR),
        https://openaccess.thecvf.com/content/CVPR2023/html/Jin_Multi-Level_Logit_Distillation_CVPR_2023_paper.html
    """

    def __init__(
        self,
        temperatures=(2.0, 3.0, 4.0, 5.0, 6.0),
        from_logits="auto",
        teacher_layer_name=None,
        student_layer_name=None,
        **kwargs,
    ):
        super().__init__(from_logits, teacher_layer_name, student_layer_name, **kwargs)
        given = list(temperatures) if isinstance(temperatures, (list, tuple)) else []
        if not given or not all(
            isinstance(each, (int, float)) and 0 < each < float("inf") for each in given
        ):
            raise ValueError(
                "`temperatures` must be a list of numbers above 0. "
                f"Received: temperatures={temperatures!r}."
            )
        self.temperatures = [float(each) for each in given]

    def call(self, teacher_outputs, student_outputs):
        teacher, student = self.logits(teacher_outputs, student_outputs)
        return sum(multi_level_divergence(teacher, student, each) for each in self.temperatures)

    def check(self, teacher_outputs, student_outputs):
        super().check(teacher_outputs, student_outputs)
        if len(student_outputs.shape) != 2:
            raise ValueError(
                "MultiLevelLogits compares outputs of shape (batch, classes). Received: a student "
                f"output of rank {len(student_outputs.shape)}. Use SoftTargets for sequences and "
                "maps."
            )

    def get_config(self):
        return {**super().get_config(), "temperatures": self.temperatures}

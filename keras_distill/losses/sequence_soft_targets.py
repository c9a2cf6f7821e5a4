"""Soft targets of whole sequences: the divergence of every real token, added up."""

import keras
from keras import ops

from keras_distill.losses.response_loss import ResponseLoss
from keras_distill.losses.soft_targets import soft_target_divergence
from keras_distill.losses.temperatures import (
    checked_temperature,
    temperature_at,
    temperature_config,
)


@keras.saving.register_keras_serializable(package="keras_distill")
class SequenceSoftTargets(ResponseLoss):
    """Teaches the student the teacher's probability of whole sequences.

    For language models and taggers. The probability of a sequence is the product of its
    tokens', so that the divergence of a sequence is the sum, over its real tokens, of
    T² · KL(teacher ‖ student): one value for each example, in which a long one weighs
    more. `SoftTargets` on the same outputs is the mean over all real tokens of the batch.

    With a causal language model, on sequences that the teacher generated, the sum is an
    unbiased estimate of the divergence between the two models' distributions over
    sequences: Kim and Rush's sequence-level distillation, with all of the teacher's
    probabilities in place of the tokens it chose. Generate once
    (`teacher.generate(prompts)`), then fit the student on what was generated.

    Real tokens are those of the student's mask; sample weights of tokens, 0 where
    KerasHub's causal preprocessors have nothing to predict, weigh them.

    Args:
        temperature: Above 0, or a function of the step. Defaults to 1.0, where the sum
            is that of sequences; higher ones soften each token, not the sequence.
        from_logits: As in `SoftTargets`. Defaults to `"auto"`.
        teacher_layer_name: Path of the teacher's head when it has several outputs.
        student_layer_name: The same for the student.
        **kwargs: `name`.

    Returns:
        When called on `(teacher_outputs, student_outputs)`, both `(batch, tokens,
        classes)`: float32 `(batch,)`.

    Raises:
        ValueError: Classes or tokens differ in number, or there are no tokens.

    Example:

    ```python
    loss = kd.losses.SequenceSoftTargets()
    teacher, student = np.zeros((2, 7, 10)), np.ones((2, 7, 10))
    assert loss(teacher, student, mask=np.arange(7)[None] < [[3], [7]]).shape == (2,)
    ```

    Reference:
        Kim and Rush, 2016, Sequence-Level Knowledge Distillation,
        https://arxiv.org/abs/1606.07947
    """

    def __init__(
        self,
        temperature=1.0,
        from_logits="auto",
        teacher_layer_name=None,
        student_layer_name=None,
        **kwargs,
    ):
        super().__init__(from_logits, teacher_layer_name, student_layer_name, **kwargs)
        self.temperature = checked_temperature(temperature)

    def call(self, teacher_outputs, student_outputs, step=0, mask=None, token_weight=None):
        teacher, student = self.logits(teacher_outputs, student_outputs)
        values = soft_target_divergence(teacher, student, temperature_at(self.temperature, step))
        if mask is not None:
            values = ops.where(ops.cast(mask, "bool"), values, 0.0)
        if token_weight is not None:
            values = values * token_weight
        return ops.sum(values, axis=-1)

    def check(self, teacher_outputs, student_outputs):
        super().check(teacher_outputs, student_outputs)
        if len(student_outputs.shape) != 3:
            raise ValueError(
                "SequenceSoftTargets compares class scores of every token, (batch, tokens, "
                f"classes). Received: student outputs of {len(student_outputs.shape)} dimensions. "
                "Use kd.losses.SoftTargets for one answer per example."
            )

    def get_config(self):
        return {**super().get_config(), "temperature": temperature_config(self.temperature)}

"""A loss of keras.losses between teacher and student, one value per example."""

import keras
from keras import ops

from keras_distill.losses.distillation_loss import DistillationLoss
from keras_distill.losses.shape_text import shape_text
from keras_distill.losses.temperatures import (
    checked_temperature,
    temperature_at,
    temperature_config,
)
from keras_distill.losses.unit_length import unit_length

# Losses between numbers: what they give on logits or features means what it says.
REGRESSION = (
    "mean_squared_error",
    "mean_absolute_error",
    "huber",
    "log_cosh",
    "cosine_similarity",
)


def loss_name(loss):
    """`"mean_squared_error"` for all that means it in `keras.losses`; `None` for a user's own.

    Args:
        loss: A string, a function or an object, as Keras's `compile` takes it.

    Raises:
        ValueError: It is none of them.
    """
    try:
        found = keras.losses.get(loss)
    except (ValueError, TypeError):
        found = None
    if not callable(found):
        raise ValueError(
            "`loss` must be the name of a loss in keras.losses, a function or a keras.losses.Loss. "
            f"Received: loss={loss!r}."
        )
    if isinstance(found, keras.losses.KLDivergence):
        return "kl_divergence"
    if not (found.__module__ or "").startswith("keras."):
        return None
    # An object of Keras holds the function that it calls.
    return getattr(getattr(found, "fn", found), "__name__", None)


@keras.saving.register_keras_serializable(package="keras_distill")
class KerasLoss(DistillationLoss):
    """Any loss of `keras.losses` with the teacher's output in the place of the labels.

    `loss(teacher / T, student / T)`, averaged over all that is not batch or tokens. For
    numbers (regression outputs, logits, features of one width): on logits, a loss
    that expects probabilities is wrong; `SoftTargets` serves those.

    Args:
        loss: A name, a function or an object, as in `compile`. An object's reduction is
            not used. Defaults to `"mean_squared_error"`.
        temperature: What both are divided by, above 0, or a function of the step.
            Defaults to 1.0.
        teacher_layer_name: Path of the teacher layer; `None` for the model's output.
        student_layer_name: The same for the student.
        **kwargs: `name`.

    Returns:
        When called on `(teacher_outputs, student_outputs)`, both `(batch, ..., width)`:
        float32 `(batch,)`; `(batch, tokens)` for sequences.

    Raises:
        ValueError: The shapes differ, or Keras knows no such loss.

    Example:

    ```python
    values = kd.losses.KerasLoss(keras.losses.Huber(delta=2.0))(np.zeros((3, 4)), np.ones((3, 4)))
    assert values.shape == (3,) and float(values[0]) == 0.5
    ```
    """

    def __init__(
        self,
        loss="mean_squared_error",
        temperature=1.0,
        teacher_layer_name=None,
        student_layer_name=None,
        **kwargs,
    ):
        super().__init__(teacher_layer_name, student_layer_name, **kwargs)
        loss_name(loss)
        self.loss = keras.losses.get(loss)
        self.temperature = checked_temperature(temperature)

    def call(self, teacher_outputs, student_outputs, step=0):
        self.check(teacher_outputs, student_outputs)
        temperature = ops.cast(temperature_at(self.temperature, step), "float32")
        teacher = ops.stop_gradient(ops.cast(teacher_outputs, "float32")) / temperature
        student = ops.cast(student_outputs, "float32") / temperature
        if loss_name(self.loss) == "cosine_similarity":
            # Keras's own has a gradient of 1e12 at features that are all zero.
            axis = getattr(self.loss, "_fn_kwargs", {}).get("axis", -1)
            values = -ops.sum(unit_length(teacher, axis) * unit_length(student, axis), axis=axis)
        else:
            # `call` of a Keras loss is what it gives before its reduction.
            values = ops.cast(getattr(self.loss, "call", self.loss)(teacher, student), "float32")
        # Most have averaged over the last axis; a user's own function may not have.
        kept = 2 if len(student.shape) == 3 else 1
        if len(values.shape) > kept:
            values = ops.mean(values, axis=tuple(range(kept, len(values.shape))))
        return values

    def check(self, teacher_outputs, student_outputs):
        for who, outputs in (("teacher", teacher_outputs), ("student", student_outputs)):
            if isinstance(outputs, (list, tuple, dict)):
                raise ValueError(
                    "KerasLoss compares one output with one output. Received: a "
                    f"{who} with {len(outputs)} outputs. Name the layers to compare: "
                    "teacher_layer_name=..., student_layer_name=... ."
                )
        teacher, student = teacher_outputs.shape, student_outputs.shape
        known = zip(teacher[1:], student[1:], strict=False)
        differ = any(t != s for t, s in known if isinstance(t, int) and isinstance(s, int))
        if len(teacher) != len(student) or differ:
            raise ValueError(
                "KerasLoss compares number by number. Received: a teacher output of shape "
                f"{shape_text(teacher_outputs)} and a student output of shape "
                f"{shape_text(student_outputs)}. Choose layers of one shape, or use "
                "kd.losses.FeatureHint, which learns a projection."
            )

    def get_config(self):
        return {
            **super().get_config(),
            "loss": keras.losses.serialize(self.loss),
            "temperature": temperature_config(self.temperature),
        }

"""The class that every distillation loss is made from."""

import inspect

import keras


class DistillationLoss(keras.layers.Layer):
    """A loss between what a teacher and a student put out: subclass it to write one.

    Define `call(teacher_outputs, student_outputs)` and return one value per example
    `(batch,)` (or per token, `(batch, tokens)`), so that sample weights and masks reach
    it. It is a Keras layer: weights made in `build` (a projection, say) are trained and
    saved by the `Distiller` and never become part of the student. It computes in
    float32 whatever comes in.

    A `call` is given what else it names among its arguments: `step` (training steps
    done so far), `labels` (the batch's y, or `None`), `sample_ids` (int `(batch,)`, the
    position of each example in its data set, or `None` where the data does not say),
    `mask` (the student's `(batch, tokens)`, true at real tokens: Keras's own, or the
    `"padding_mask"` that a KerasHub student is fed; or `None`), `token_weight` (sample
    weights `(batch, tokens)`, or `None` where they are none or one for each example; a
    loss that asks for them weighs its tokens itself), and Keras's own `training`.

    Args:
        teacher_layer_name: Path of the teacher layer whose output is compared, into
            nested models too (`"backbone/stage_3"`); `None` for the model's output. A
            loss over several layers takes a list, and `call` is then given a list.
        student_layer_name: The same for the student. Name both or neither.
        **kwargs: `name` and other arguments of `keras.layers.Layer`.

    Example:

    ```python
    class AbsoluteDifference(kd.losses.DistillationLoss):
        def call(self, teacher_outputs, student_outputs):
            return keras.ops.mean(keras.ops.abs(teacher_outputs - student_outputs), axis=-1)

    values = AbsoluteDifference()(np.zeros((2, 3)), np.ones((2, 3)))
    assert values.shape == (2,)
    ```
    """

    CONTEXT = ("step", "labels", "sample_ids", "mask", "token_weight", "training")

    def __init__(self, teacher_layer_name=None, student_layer_name=None, **kwargs):
        # float32 by policy: under mixed precision Keras would hand float16 to `call`.
        super().__init__(**{"dtype": "float32", **kwargs})
        if (teacher_layer_name is None) != (student_layer_name is None):
            raise ValueError(
                f"{type(self).__name__} compares a layer with a layer, or output with output. "
                f"Received: teacher_layer_name={teacher_layer_name!r}, "
                f"student_layer_name={student_layer_name!r}. Name both layers, or neither."
            )
        self.teacher_layer_name = teacher_layer_name
        self.student_layer_name = student_layer_name
        self.supports_masking = True

    def call(self, teacher_outputs, student_outputs):
        raise NotImplementedError(
            f"{type(self).__name__} must define call(teacher_outputs, student_outputs)."
        )

    def check(self, teacher_outputs, student_outputs):
        """Raises ValueError when the two cannot be compared; override to say why."""

    def check_ids(self, sample_ids):
        """Raises ValueError when a loss that remembers examples cannot know these.

        Args:
            sample_ids: int numpy `(number,)` of the first examples, `None` where the
                data has none. `fit` calls this before the first step.
        """

    def asks_for(self):
        """Which of `CONTEXT` this loss's `call` names."""
        named = inspect.signature(self.call).parameters
        return tuple(each for each in self.CONTEXT if each in named)

    def compute_mask(self, inputs, previous_mask):
        return None

    def get_config(self):
        return {
            **super().get_config(),
            "teacher_layer_name": self.teacher_layer_name,
            "student_layer_name": self.student_layer_name,
        }

    @classmethod
    def from_config(cls, config):
        # A schedule, or a loss inside a loss, comes as the config of its own.
        return cls(
            **{
                key: keras.saving.deserialize_keras_object(value)
                if isinstance(value, dict) and "class_name" in value and key != "dtype"
                else value
                for key, value in config.items()
            }
        )

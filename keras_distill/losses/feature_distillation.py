"""`keras.distillation.FeatureDistillation`'s name and arguments, our losses."""

from keras_distill.losses.feature_hint import FeatureHint
from keras_distill.losses.keras_loss import REGRESSION, KerasLoss
from keras_distill.losses.logits_distillation import one_loss


def FeatureDistillation(loss="mse", teacher_layer_name=None, student_layer_name=None, name=None):
    """The loss of this package that `keras.distillation.FeatureDistillation` stands for.

    So that moving over is one import, with the same numbers: `"mse"` gives
    `FeatureHint(projection=False)`, and `"mae"`, `"huber"`, `"log_cosh"`,
    `"cosine_similarity"` and losses of your own give `KerasLoss`. The cosine is taken
    over the last axis and is −1 at best, as in Keras.

    Layers inside nested models have a path, `"backbone/stage_3"`. Features of different
    width, which Keras refuses, are what `FeatureHint` learns a projection for.

    Args:
        loss: A name, a function or an object. Defaults to `"mse"`.
        teacher_layer_name: Path of the teacher layer; `None` for the model's output.
        student_layer_name: The same for the student. Name both layers, or neither.
        name: Of the loss. Optional.

    Returns:
        A `kd.losses.DistillationLoss`.

    Raises:
        ValueError: One layer is named and the other is not, or the loss is one for
            probabilities, or there are several losses.

    Example:

    ```python
    loss = kd.losses.FeatureDistillation("mse", "stage_3", "block_2")
    assert isinstance(loss, kd.losses.FeatureHint)
    ```

    Reference:
        Romero et al., 2015, FitNets: Hints for Thin Deep Nets,
        https://arxiv.org/abs/1412.6550
    """
    found = one_loss("FeatureDistillation", loss)
    if found == "mean_squared_error":
        return FeatureHint(teacher_layer_name, student_layer_name, projection=False, name=name)
    if found is not None and found not in REGRESSION:
        raise ValueError(
            f"`loss` must be one that compares features. Received: loss={found!r}. Use one of "
            + ", ".join(f'"{each}"' for each in REGRESSION)
            + ", or a loss of your own."
        )
    return KerasLoss(
        loss,
        teacher_layer_name=teacher_layer_name,
        student_layer_name=student_layer_name,
        name=name,
    )

"""`keras.distillation.LogitsDistillation`'s name and arguments, our losses."""

import warnings

import keras

from keras_distill.losses.binary_soft_targets import BinarySoftTargets
from keras_distill.losses.keras_loss import REGRESSION, KerasLoss, loss_name
from keras_distill.losses.soft_targets import SoftTargets


def LogitsDistillation(temperature=3.0, loss="kl_divergence", name=None):
    """The loss of this package that `keras.distillation.LogitsDistillation` stands for.

    So that moving over is one import. What comes back, by `loss`:

    - `keras.losses.KLDivergence()`: `SoftTargets(temperature)`, Keras's number as long as
      no probability falls below the 1e-7 at which Keras cuts it off, and the gradient
      that goes on below it.
    - `"kl_divergence"`: the same `SoftTargets`, with a warning that the number changes:
      there the string compares logits, cut off to [1e-7, 1], as if they were
      probabilities, without softmax and without T².
    - `"categorical_crossentropy"` and its object: `SoftTargets` too, with a warning.
      Between softened probabilities it has the gradient of the divergence, and it lacks
      only a constant, the teacher's entropy; Keras takes the teacher's logits for
      probabilities. `"binary_crossentropy"`: `BinarySoftTargets`, for the same reason.
    - `"mse"`, `"mae"`, `"huber"`, `"log_cosh"`, `"cosine_similarity"`, and functions and
      losses of your own: `KerasLoss` on the logits over the temperature, Keras's number.

    Args:
        temperature: Above 0. Defaults to 3.0, as in Keras; `SoftTargets` has 4.0.
        loss: A name, a function or an object. Defaults to `"kl_divergence"`.
        name: Of the loss. Optional.

    Returns:
        A `kd.losses.DistillationLoss`.

    Raises:
        ValueError: A loss that says nothing about two classifiers' logits, or several
            losses for several outputs.

    Example:

    ```python
    loss = kd.losses.LogitsDistillation(temperature=3.0, loss=keras.losses.KLDivergence())
    assert isinstance(loss, kd.losses.SoftTargets)
    ```

    Reference:
        Hinton et al., 2015, Distilling the Knowledge in a Neural Network,
        https://arxiv.org/abs/1503.02531
    """
    found = one_loss("LogitsDistillation", loss)
    if found == "kl_divergence":
        if not isinstance(keras.losses.get(loss), keras.losses.KLDivergence):
            _changes(
                'keras.distillation takes the string "kl_divergence" on logits cut off to '
                "[1e-7, 1], without softmax and without T²; here it is SoftTargets, T² · KL "
                "between softmaxes, which keras.losses.KLDivergence() gives in both"
            )
        return SoftTargets(temperature, name=name)
    if found == "categorical_crossentropy":
        _changes(
            "keras.distillation takes the teacher's logits for probabilities in "
            "categorical_crossentropy; here it is SoftTargets, which has the gradient of the "
            "cross-entropy between softmaxes, times T²"
        )
        return SoftTargets(temperature, name=name)
    if found == "binary_crossentropy":
        _changes(
            "keras.distillation takes the teacher's logits for probabilities in "
            "binary_crossentropy; here it is BinarySoftTargets, which has the gradient of the "
            "cross-entropy between sigmoids, times T²"
        )
        return BinarySoftTargets(temperature, name=name)
    if found is not None and found not in REGRESSION:
        raise ValueError(
            f"`loss` must be one that compares two models' logits. Received: loss={found!r}. Use "
            '"kl_divergence", one of ' + ", ".join(f'"{each}"' for each in REGRESSION) + ", or a "
            "loss of your own."
        )
    return KerasLoss(loss, temperature, name=name)


def one_loss(who, loss):
    """`loss_name` of one loss for one output, whose values will be averaged."""
    if loss is None or isinstance(loss, (list, tuple, dict)):
        raise ValueError(
            f"{who} makes one loss for one output. Received: loss={loss!r}. For several outputs "
            "hand kd.Distiller one loss each, with teacher_layer_name and student_layer_name."
        )
    if getattr(loss, "reduction", None) == "sum":
        raise ValueError(
            f"{who} gives one value per example, and kd.Distiller takes their mean. Received: a "
            'loss with reduction="sum". Leave the reduction out and multiply the loss\'s weight '
            "by the batch size."
        )
    return loss_name(loss)


def _changes(why):
    # Two frames up: the line that calls LogitsDistillation.
    warnings.warn(f"The number changes: {why}.", UserWarning, stacklevel=3)

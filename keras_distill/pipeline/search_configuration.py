"""What `keras-distill search` is told, in the section `search` of a configuration."""

from typing import Annotated, Literal

import pydantic

from keras_distill.pipeline.section import Epochs, Section


def _numbers(value):
    # YAML reads 1e-4, without a point, as a word; what is meant is plain.
    if not isinstance(value, list):
        return value
    try:
        return [float(each) if isinstance(each, str) else each for each in value]
    except ValueError:
        return value


def _ascending(value):
    if value is not None and not value[0] < value[1]:
        raise ValueError("the lower one first")
    return value


def _range(lowest, highest, words):
    """Two numbers, or null where the value is not searched."""
    number = Annotated[float, lowest, pydantic.Field(le=highest)]
    return Annotated[
        Annotated[list[number], pydantic.Field(min_length=2, max_length=2)] | None,
        pydantic.BeforeValidator(_numbers),
        pydantic.AfterValidator(_ascending),
        pydantic.Field(description=f"[lowest, highest], two numbers {words}, or null to keep it"),
    ]


Temperature = _range(pydantic.Field(gt=0), 1000, "above 0 and at most 1000")
Weight = _range(pydantic.Field(ge=0), 1, "from 0 to 1")
Rate = _range(pydantic.Field(gt=0), 10, "above 0 and at most 10")
LossWeight = _range(pydantic.Field(gt=0), 1_000_000, "above 0 and at most 1000000")


class Search(Section):
    """Ranges in which the values of `distillation` are searched on the validation data.

    A range that is null keeps what stands under `distillation`; those values together are
    the first trial.
    """

    method: Literal["random", "bayesian", "hyperband"] = pydantic.Field(
        "bayesian", description='"random", "bayesian" or "hyperband"'
    )
    trials: int = pydantic.Field(20, ge=1, le=10_000, description="a whole number from 1")
    epochs: Epochs | None = pydantic.Field(
        None, description="a whole number from 1, or null for those of `distillation`"
    )
    temperature: Temperature = [1.0, 20.0]
    student_loss_weight: Weight = [0.0, 1.0]
    learning_rate: Rate = [1e-4, 1e-2]
    losses: list[str | list[str]] | None = pydantic.Field(
        None,
        min_length=1,
        description="a list of alternatives, each the name of a loss in kd.losses or a list of "
        "names that are used together, or null to keep it",
    )
    loss_weights: LossWeight = [0.1, 10.0]

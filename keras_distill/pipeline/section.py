"""What the sections of every configuration have in common."""

from typing import Annotated

import pydantic

# `description` is what an error says was expected; `title` is the comment that `init` writes.
Epochs = Annotated[int, pydantic.Field(ge=1, le=10_000, description="a whole number from 1")]
LearningRate = Annotated[
    float, pydantic.Field(gt=0, le=10, description="a number above 0 and at most 10")
]
Share = Annotated[float, pydantic.Field(ge=0, le=1, description="a number from 0 to 1")]


class Section(pydantic.BaseModel):
    """Refuses unknown keys, wrong types and numbers that are none; values stay as they are."""

    model_config = pydantic.ConfigDict(
        extra="forbid", strict=True, frozen=True, allow_inf_nan=False, hide_input_in_errors=True
    )

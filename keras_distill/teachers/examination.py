"""What a look at a teacher found, and the sentence that says it."""

import dataclasses

from keras_distill.teachers import input_scales
from keras_distill.teachers.finding import Finding


@dataclasses.dataclass(frozen=True)
class Examination:
    """How right a teacher is as it is fed, and what would mend it.

    Args:
        examples: How many labelled examples were looked at.
        accuracy: Share of them that the teacher gets right as it is fed, in [0, 1].
        chance: Share that guessing with the teacher's own class frequencies would get.
        at_chance: Whether the teacher is not better than that (binomial test, 1 %).
        data_scale: The scale the images were found in, or `None`.
        finding: A `Finding`, or `None` when no other way of feeding is better by far.
        class_names: The data's class names, for the sentence.

    Example:

    ```python
    look = kd.teachers.Examination(400, 0.92, 0.1, False)
    assert look.finding is None
    assert look.sentence == "The teacher gets 92.0 % of 400 examples right as it is fed."
    ```
    """

    examples: int
    accuracy: float
    chance: float
    at_chance: bool
    data_scale: str | None = None
    finding: Finding | None = None
    class_names: tuple = ()

    @property
    def sentence(self):
        """What was received, what was expected, and how to mend it."""
        if self.finding is not None:
            return f"{self._found()} {self._mend()}"
        if self.at_chance:
            ways, what = "input scale, channel order or class order", "images"
            if self.data_scale is None:
                ways, what = "class order", "examples"
            return (
                f"The teacher gets {self.accuracy:.1%} of {self.examples} examples right, and "
                f"guessing gets {self.chance:.1%}; expected a teacher that is better than chance. "
                f"No other {ways} helps: check that it is trained, on these classes and on {what} "
                "like these."
            ).replace("%", " %")
        return (
            f"The teacher gets {self.accuracy:.1%} of {self.examples} examples right as it is fed."
        ).replace("%", " %")

    def _found(self):
        setting = self.finding.setting
        as_fed = f" ({input_scales.described(self.data_scale, 'rgb')})" if self.data_scale else ""
        ways = []
        if "input_scale" in setting or "channels" in setting:
            scale = setting.get("input_scale", self.data_scale)
            described = input_scales.described(scale, setting.get("channels", "rgb"))
            ways.append(f"fed {described}")
        if "class_map" in setting:
            ways.append("its outputs are read in another class order")
        return (
            f"The teacher gets {self.finding.accuracy_as_fed:.1%} of the examples right as it is "
            f"fed{as_fed}, and {self.finding.accuracy_mended:.1%} when {' and '.join(ways)} "
            f"(judged on examples that did not choose; p = {self.finding.p_value:.0e})."
        ).replace("%", " %")

    def _mend(self):
        setting = self.finding.setting
        divide = ""
        if self.data_scale not in (None, "[0, 1]"):
            divide = f"Bring the images from {self.data_scale} to [0, 1]"
            setting = {k: v for k, v in setting.items() if (k, v) != ("input_scale", "[0, 1]")}
            if not setting:
                return f"{divide}: the teacher expects that."
            divide += ", and then: "
        lines = " and ".join(f"`{key}: {_written(value)}`" for key, value in setting.items())
        arguments = ", ".join(f"{key}={_written(value)}" for key, value in setting.items())
        order = ""
        if "class_map" in setting and self.class_names:
            named = sorted(zip(setting["class_map"], self.class_names, strict=False))
            names = ", ".join(str(name) for _, name in named)
            order = f" (the teacher's outputs are, in order: {names})"
        return (
            f"{divide}Write {lines} under `teacher:` in the configuration, or use "
            f"`kd.teachers.adapt(teacher, {arguments})` in Python{order}."
        )


def _written(value):
    """A value as both YAML and Python read it."""
    return f'"{value}"' if isinstance(value, str) else str(value)

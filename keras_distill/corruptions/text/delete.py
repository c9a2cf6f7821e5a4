"""A key that was not pressed hard enough."""

import dataclasses

import keras

from keras_distill.corruptions.text.spans import characters
from keras_distill.corruptions.text.text_corruption import TextCorruption


@keras.saving.register_keras_serializable(package="keras_distill")
@dataclasses.dataclass(frozen=True)
class Delete(TextCorruption):
    """Leaves out characters.

    Never the first of a word, so that no word vanishes, and never white space.

    Edits per character, by severity: .02, .05, .10, .15, .20; drawn as
    `kd.corruptions.TextCorruption` says.

    Args:
        severity: 1 to 5.

    Example:

    ```python
    corrupt = kd.corruptions.get("delete", severity=3)
    (text,) = corrupt(["the quick brown fox jumps"], seed=0)
    assert len(text) < 25 and len(text.split()) == 5
    ```
    """

    name = "delete"

    def places(self, text):
        spans, pieces = characters(text)
        able = [not piece[0].isspace() for piece in pieces]
        return [
            span
            for span, before, this in zip(spans[1:], able, able[1:], strict=False)
            if before and this
        ]

    def replacement(self, text, start, end, draw):
        return ""

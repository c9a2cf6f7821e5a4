"""A finger that hits two keys at once."""

import dataclasses

import keras

from keras_distill.corruptions.text.qwerty import NEIGHBOURS
from keras_distill.corruptions.text.spans import characters
from keras_distill.corruptions.text.text_corruption import TextCorruption


@keras.saving.register_keras_serializable(package="keras_distill")
@dataclasses.dataclass(frozen=True)
class Insert(TextCorruption):
    """Inserts a neighbour on the QWERTY keyboard before a letter or digit.

    A neighbour's key touches the right one; capitals bring capitals. Before other
    characters, and letters with accents, nothing is inserted.

    Edits per character, by severity: .02, .05, .10, .15, .20; drawn as
    `kd.corruptions.TextCorruption` says.

    Args:
        severity: 1 to 5.

    Example:

    ```python
    corrupt = kd.corruptions.get("insert", severity=3)
    (text,) = corrupt(["the quick brown fox jumps"], seed=0)
    assert len(text) > 25
    ```

    Reference:
        Giskard's TextTypoTransformation inserts the same way,
        https://github.com/Giskard-AI/giskard
    """

    name = "insert"

    def places(self, text):
        spans, pieces = characters(text)
        return [span for span, piece in zip(spans, pieces, strict=True) if piece in NEIGHBOURS]

    def replacement(self, text, start, end, draw):
        near = NEIGHBOURS[text[start:end]]
        return near[int(draw * len(near))] + text[start:end]

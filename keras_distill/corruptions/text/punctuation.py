"""Marks forgotten, and marks too many."""

import dataclasses
import unicodedata

import keras

from keras_distill.corruptions.text.spans import words
from keras_distill.corruptions.text.text_corruption import TextCorruption

_MARKS = ".,;:!?"


@keras.saving.register_keras_serializable(package="keras_distill")
@dataclasses.dataclass(frozen=True)
class Punctuation(TextCorruption):
    """Strips words of their punctuation, and puts a mark behind words that have none.

    A word that has punctuation (Unicode's categories P) loses all of it; behind another one
    of . , ; : ! ? is inserted. Words of nothing but punctuation stay.

    Edits per word, by severity: .02, .05, .10, .15, .20; drawn as
    `kd.corruptions.TextCorruption` says.

    Args:
        severity: 1 to 5.

    Example:

    ```python
    corrupt = kd.corruptions.get("punctuation", severity=3)
    (text,) = corrupt(["the quick brown fox jumps"], seed=0)
    assert set(text) & set(".,;:!?")
    ```
    """

    name = "punctuation"
    unit = "word"

    def places(self, text):
        return [(a, b) for a, b in words(text) if not all(map(_is_mark, text[a:b]))]

    def replacement(self, text, start, end, draw):
        word = text[start:end]
        stripped = "".join(char for char in word if not _is_mark(char))
        return stripped if stripped != word else word + _MARKS[int(draw * len(_MARKS))]


def _is_mark(char):
    return unicodedata.category(char)[0] == "P"

"""Caps lock, or no capitals at all."""

import dataclasses

import keras

from keras_distill.corruptions.text.spans import words
from keras_distill.corruptions.text.text_corruption import TextCorruption


@keras.saving.register_keras_serializable(package="keras_distill")
@dataclasses.dataclass(frozen=True)
class Case(TextCorruption):
    """Writes words in capitals, in small letters, or with one capital in front.

    Each with the same chance among those that change the word. Words of scripts without
    capitals stay.

    Edits per word, by severity: .02, .05, .10, .15, .20; drawn as
    `kd.corruptions.TextCorruption` says.

    Args:
        severity: 1 to 5.

    Example:

    ```python
    corrupt = kd.corruptions.get("case", severity=3)
    (text,) = corrupt(["the quick brown fox jumps"], seed=0)
    assert text.lower() == "the quick brown fox jumps" != text
    ```
    """

    name = "case"
    unit = "word"

    def places(self, text):
        return [
            (a, b)
            for a, b in words(text)
            if text[a:b].lower() != text[a:b] or text[a:b].upper() != text[a:b]
        ]

    def replacement(self, text, start, end, draw):
        word = text[start:end]
        forms = dict.fromkeys((word.upper(), word.lower(), word.capitalize()))
        others = [form for form in forms if form != word]
        return others[int(draw * len(others))]

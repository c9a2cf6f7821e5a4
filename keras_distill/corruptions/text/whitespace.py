"""Blanks lost, and blanks too many."""

import dataclasses

import keras

from keras_distill.corruptions.text.spans import words
from keras_distill.corruptions.text.text_corruption import TextCorruption


@keras.saving.register_keras_serializable(package="keras_distill")
@dataclasses.dataclass(frozen=True)
class Whitespace(TextCorruption):
    """Removes or doubles white space between words, each with the same chance.

    Doubling changes nothing for a tokenizer that splits on white space; joining two words
    does. White space before the first word and behind the last stays.

    Edits per word, by severity: .02, .05, .10, .15, .20; drawn as
    `kd.corruptions.TextCorruption` says.

    Args:
        severity: 1 to 5.

    Example:

    ```python
    corrupt = kd.corruptions.get("whitespace", severity=3)
    (text,) = corrupt(["the quick brown fox jumps"], seed=0)
    assert text.replace(" ", "") == "thequickbrownfoxjumps" and len(text) != 25
    ```
    """

    name = "whitespace"
    unit = "word"

    def places(self, text):
        spans = words(text)
        return [(b, c) for (_, b), (c, _) in zip(spans, spans[1:], strict=False)]

    def replacement(self, text, start, end, draw):
        return 2 * text[start:end] if draw < 0.5 else ""

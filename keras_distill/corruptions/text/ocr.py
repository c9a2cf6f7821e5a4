"""A text that was scanned."""

import dataclasses
from itertools import pairwise

import keras

from keras_distill.corruptions.text.ocr_confusions import CONFUSIONS
from keras_distill.corruptions.text.spans import characters
from keras_distill.corruptions.text.text_corruption import TextCorruption


@keras.saving.register_keras_serializable(package="keras_distill")
@dataclasses.dataclass(frozen=True)
class Ocr(TextCorruption):
    """Takes characters for others that look alike, as text recognition does.

    0 and O, 1 and l, rn and m, …: both ways, from one table. One in five single characters
    is lost instead, never the first of a word. Characters outside the table stay.

    Edits per character, by severity: .02, .05, .10, .15, .20; drawn as
    `kd.corruptions.TextCorruption` says.

    Args:
        severity: 1 to 5.

    Example:

    ```python
    corrupt = kd.corruptions.get("ocr", severity=3)
    (text,) = corrupt(["the quick brown fox jumps"], seed=0)
    assert text != "the quick brown fox jumps"
    ```

    Reference:
        The table holds that of nlpaug 1.1, https://github.com/makcedward/nlpaug, and more
        pairs of our own choice
    """

    name = "ocr"

    def places(self, text):
        spans, pieces = characters(text)
        singles = [span for span, piece in zip(spans, pieces, strict=True) if piece in CONFUSIONS]
        # Whatever is half of a pair can be confused alone too.
        pairs = [(a, d) for (a, _), (_, d) in pairwise(singles) if text[a:d] in CONFUSIONS]
        return singles + pairs

    def replacement(self, text, start, end, draw):
        alike = CONFUSIONS[text[start:end]]
        first = start == 0 or text[start - 1].isspace()
        if first or end - start == 2:
            return alike[int(draw * len(alike))]
        return "" if draw < 0.2 else alike[int((draw - 0.2) / 0.8 * len(alike))]

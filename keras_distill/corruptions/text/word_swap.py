"""Words in the wrong order."""

import dataclasses
import re

import keras

from keras_distill.corruptions.text.spans import words
from keras_distill.corruptions.text.text_corruption import TextCorruption


@keras.saving.register_keras_serializable(package="keras_distill")
@dataclasses.dataclass(frozen=True)
class WordSwap(TextCorruption):
    """Swaps words that stand side by side.

    The white space between them stays. Only different words, and none is moved twice.

    Edits per word, by severity: .02, .05, .10, .15, .20; drawn as
    `kd.corruptions.TextCorruption` says.

    Args:
        severity: 1 to 5.

    Example:

    ```python
    corrupt = kd.corruptions.get("word_swap", severity=3)
    (text,) = corrupt(["the quick brown fox jumps"], seed=0)
    assert sorted(text.split()) == ["brown", "fox", "jumps", "quick", "the"]
    ```

    Reference:
        Wei & Zou, 2019, EDA: Easy Data Augmentation Techniques for Boosting Performance on
        Text Classification Tasks, https://arxiv.org/abs/1901.11196, "random swap", of
        neighbours here
    """

    name = "word_swap"
    unit = "word"

    def places(self, text):
        spans = words(text)
        return [
            (a, d)
            for (a, b), (c, d) in zip(spans, spans[1:], strict=False)
            if text[a:b] != text[c:d]
        ]

    def replacement(self, text, start, end, draw):
        one, between, other = re.split(r"(\s+)", text[start:end])
        return other + between + one

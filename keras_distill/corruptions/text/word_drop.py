"""Words that were forgotten."""

import dataclasses

import keras

from keras_distill.corruptions.text.spans import words
from keras_distill.corruptions.text.text_corruption import TextCorruption


@keras.saving.register_keras_serializable(package="keras_distill")
@dataclasses.dataclass(frozen=True)
class WordDrop(TextCorruption):
    """Leaves out words, never all of them.

    A word goes with the white space behind it, the last with the white space before it. Of
    the last two words one stays.

    Edits per word, by severity: .02, .05, .10, .15, .20; drawn as
    `kd.corruptions.TextCorruption` says.

    Args:
        severity: 1 to 5.

    Example:

    ```python
    corrupt = kd.corruptions.get("word_drop", severity=3)
    (text,) = corrupt(["the quick brown fox jumps"], seed=0)
    assert 0 < len(text.split()) < 5
    ```

    Reference:
        Wei & Zou, 2019, EDA: Easy Data Augmentation Techniques for Boosting Performance on
        Text Classification Tasks, https://arxiv.org/abs/1901.11196, "random deletion"
    """

    name = "word_drop"
    unit = "word"

    def places(self, text):
        spans = words(text)
        if len(spans) < 2:
            return []
        # The last two overlap in their white space, so never both of them are drawn.
        ends = [start for start, _ in spans[1:]]
        starts = [start for start, _ in spans[:-1]]
        return [*zip(starts, ends, strict=True), (spans[-2][1], spans[-1][1])]

    def replacement(self, text, start, end, draw):
        return ""

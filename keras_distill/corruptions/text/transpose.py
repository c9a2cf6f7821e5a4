"""Two keys in the wrong order."""

import dataclasses

import keras

from keras_distill.corruptions.text.spans import characters
from keras_distill.corruptions.text.text_corruption import TextCorruption


@keras.saving.register_keras_serializable(package="keras_distill")
@dataclasses.dataclass(frozen=True)
class Transpose(TextCorruption):
    """Swaps letters or digits that stand side by side in a word.

    Only different ones, and no character is moved twice.

    Edits per character, by severity: .02, .05, .10, .15, .20; drawn as
    `kd.corruptions.TextCorruption` says.

    Args:
        severity: 1 to 5.

    Example:

    ```python
    corrupt = kd.corruptions.get("transpose", severity=3)
    (text,) = corrupt(["the quick brown fox jumps"], seed=0)
    assert sorted(text) == sorted("the quick brown fox jumps")
    ```

    Reference:
        Belinkov & Bisk, 2018, Synthetic and Natural Noise Both Break Neural Machine
        Translation, https://arxiv.org/abs/1711.02173, their "Swap" noise, here at the
        ends of words too
    """

    name = "transpose"

    def places(self, text):
        spans, pieces = characters(text)
        neighbours = zip(spans, spans[1:], pieces, pieces[1:], strict=False)
        return [
            (start, end)
            for (start, _), (_, end), one, other in neighbours
            if one != other and one[0].isalnum() and other[0].isalnum()
        ]

    def replacement(self, text, start, end, draw):
        _, (one, other) = characters(text[start:end])
        return other + one

"""A finger that hits the key beside."""

import dataclasses

import keras

from keras_distill.corruptions.text.qwerty import NEIGHBOURS
from keras_distill.corruptions.text.spans import characters
from keras_distill.corruptions.text.text_corruption import TextCorruption


@keras.saving.register_keras_serializable(package="keras_distill")
@dataclasses.dataclass(frozen=True)
class Keyboard(TextCorruption):
    """Replaces letters and digits by a neighbour on the QWERTY keyboard.

    A neighbour's key touches the right one; letters slip to letters, digits to digits, and
    capitals stay capitals. Other characters, and letters with accents, stay.

    Edits per character, by severity: .02, .05, .10, .15, .20; drawn as
    `kd.corruptions.TextCorruption` says.

    Args:
        severity: 1 to 5.

    Example:

    ```python
    corrupt = kd.corruptions.get("keyboard", severity=3)
    (text,) = corrupt(["the quick brown fox jumps"], seed=0)
    assert len(text) == 25 and text != "the quick brown fox jumps"
    ```

    Reference:
        Belinkov & Bisk, 2018, Synthetic and Natural Noise Both Break Neural Machine
        Translation, https://arxiv.org/abs/1711.02173, their "Key" noise
    """

    name = "keyboard"

    def places(self, text):
        spans, pieces = characters(text)
        return [span for span, piece in zip(spans, pieces, strict=True) if piece in NEIGHBOURS]

    def replacement(self, text, start, end, draw):
        near = NEIGHBOURS[text[start:end]]
        return near[int(draw * len(near))]

"""Words that no vocabulary holds."""

import dataclasses

import keras

from keras_distill.corruptions.text.spans import words
from keras_distill.corruptions.text.text_corruption import TextCorruption


@keras.saving.register_keras_serializable(package="keras_distill")
@dataclasses.dataclass(frozen=True)
class UnknownWords(TextCorruption):
    """Replaces words by a token that stands for an unknown word.

    `"[UNK]"` is what Keras's `TextVectorization` and BERT's vocabularies call an unknown word;
    stripped of its brackets it is still in no vocabulary. A tokenizer of bytes or sub-words
    knows every word: give its own token for unknown ones, if it has one.

    Edits per word, by severity: .02, .05, .10, .15, .20; drawn as
    `kd.corruptions.TextCorruption` says.

    Args:
        severity: 1 to 5.
        token: What takes the place of a word: not empty, no white space. Defaults to
            `"[UNK]"`.

    Raises:
        ValueError: The severity is none of the five, or the token is not as above.

    Example:

    ```python
    corrupt = kd.corruptions.get("unknown_words", severity=3)
    (text,) = corrupt(["the quick brown fox jumps"], seed=0)
    assert "[UNK]" in text.split() and len(text.split()) == 5
    ```
    """

    name = "unknown_words"
    unit = "word"

    token: str = "[UNK]"

    def __post_init__(self):
        super().__post_init__()
        if not isinstance(self.token, str) or self.token.split() != [self.token]:
            raise ValueError(
                "`token` must be a str that is not empty and holds no white space. Received: "
                f"token={self.token!r}."
            )

    def places(self, text):
        return [(a, b) for a, b in words(text) if text[a:b] != self.token]

    def replacement(self, text, start, end, draw):
        return self.token

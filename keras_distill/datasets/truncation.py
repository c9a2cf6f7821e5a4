"""How much of the texts a model does not get to see."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Truncation:
    """What `tokenized` counted for one model; as a string, one sentence.

    Args:
        examples: How many texts there were.
        sequence_length: The length that the texts were brought to, special tokens
            included; `None` where that is the length of the longest.
        truncated: How many texts were longer. `None` where the preprocessor does not tell:
            a function has no tokenizer to ask.
        tokens: How many tokens the texts hold, without special tokens; `None` as above.
        tokens_lost: How many of them were cut off; `None` as above.
        empty: How many texts hold nothing but white space.

    Example:

    ```python
    cut = kd.datasets.Truncation(25_000, 64, 312, 1_000_000, 4_000, empty=3)
    assert cut.lost_share == 0.004
    assert str(cut) == (
        "312 of 25,000 texts (1.2 %) are longer than 64 tokens and were cut (0.4 % of all "
        "tokens); 3 are empty."
    )
    ```
    """

    examples: int
    sequence_length: int | None
    truncated: int | None
    tokens: int | None
    tokens_lost: int | None
    empty: int

    @property
    def lost_share(self):
        """Of all tokens, the share that was cut off; `None` where that is not known."""
        return None if self.tokens is None else self.tokens_lost / max(self.tokens, 1)

    def __str__(self):
        texts = f"of {self.examples:,} texts"
        empty = "" if not self.empty else f"; {self.empty:,} {_are(self.empty)} empty"
        if self.truncated is None:
            return f"How many {texts} were cut is not known of a function{empty}."
        if self.sequence_length is None:
            return f"None {texts} was cut{empty}."
        length = f"longer than {self.sequence_length} tokens"
        if self.truncated == 0:
            return f"None {texts} is {length}{empty}."
        share = 100 * self.truncated / self.examples
        were = "was" if self.truncated == 1 else "were"
        return (
            f"{self.truncated:,} {texts} ({share:.1f} %) {_are(self.truncated)} {length} and "
            f"{were} cut ({100 * self.lost_share:.1f} % of all tokens){empty}."
        )


def _are(number):
    return "is" if number == 1 else "are"

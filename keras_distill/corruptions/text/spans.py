"""Where the words and the characters of a text are."""

import re
import unicodedata

_WORD = re.compile(r"\S+")
_JOINER = "\u200d"
_SINGLE = []


def words(text):
    """`[(start, end), …]` of what lies between white space."""
    return [match.span() for match in _WORD.finditer(text)]


def characters(text):
    """What a reader takes for one character each, white space too: spans and pieces.

    Combining marks, variation selectors, skin tones and joined emoji stay with what they
    belong to; a flag is two letters. This is what text corruptions need of Unicode's
    extended grapheme clusters, not all of it: conjoining jamo stay apart.

    Returns:
        `[(start, end), …]` and the texts there, in one order.
    """
    if text.isascii():
        # The same tuples for every text: making them took longer than all the rest.
        while len(_SINGLE) < len(text):
            _SINGLE.append((len(_SINGLE), len(_SINGLE) + 1))
        return _SINGLE[: len(text)], text
    spans = []
    flag = False
    for i, char in enumerate(text):
        letter_of_flag = "\U0001f1e6" <= char <= "\U0001f1ff"
        if i and (flag and letter_of_flag or _belongs(char) or text[i - 1] == _JOINER):
            spans[-1] = (spans[-1][0], i + 1)
            flag = False
        else:
            spans.append((i, i + 1))
            flag = letter_of_flag
    return spans, [text[start:end] for start, end in spans]


def _belongs(char):
    """Whether a character stays with the one before it."""
    return (
        unicodedata.category(char)[0] == "M"
        or char == _JOINER
        or "\U0001f3fb" <= char <= "\U0001f3ff"
        or "\U000e0020" <= char <= "\U000e007f"
    )

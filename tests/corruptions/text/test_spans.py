import pytest

from keras_distill.corruptions.text.spans import characters, words

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"


def test_words_lie_between_any_white_space():
    text = " one\ttwo,\n\u3000three "
    assert [text[a:b] for a, b in words(text)] == ["one", "two,", "three"]
    assert words("  ") == []


@pytest.mark.parametrize(
    "pieces",
    [
        ["a", " ", "b"],
        ["e\u0301", "e", "\u00e9"],
        ["o\u0302\u0301", "x"],
        ["\u65e5", "\u672c", "\u8a9e"],
        [FAMILY, "!", FAMILY],
        ["\U0001f44d\U0001f3fd", "\U0001f44d"],
        ["\u2764\ufe0f", "\u2764"],
        # Flags of Germany and France, and a letter without a partner.
        ["\U0001f1e9\U0001f1ea", "\U0001f1eb\U0001f1f7", "\U0001f1eb", "a"],
        # Scotland's, spelt in tags.
        ["\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f", "a"],
        ["1\ufe0f\u20e3", "2"],
        ["\u0e17\u0e35\u0e48", "\u0e19"],
        [],
    ],
)
def test_characters_as_a_reader_counts_them(pieces):
    text = "".join(pieces)
    spans, found = characters(text)
    assert list(found) == pieces and [text[a:b] for a, b in spans] == pieces


def test_a_mark_with_nothing_before_it_stands_alone():
    assert characters("\u0301a") == ([(0, 1), (1, 2)], ["\u0301", "a"])

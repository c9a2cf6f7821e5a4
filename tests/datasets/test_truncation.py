import pytest

from keras_distill.datasets import Truncation


@pytest.mark.parametrize(
    "counts, sentence",
    [
        (
            (25_000, 64, 312, 1_000_000, 4_000, 3),
            "312 of 25,000 texts (1.2 %) are longer than 64 tokens and were cut (0.4 % of all "
            "tokens); 3 are empty.",
        ),
        (
            (10, 8, 1, 40, 10, 1),
            "1 of 10 texts (10.0 %) is longer than 8 tokens and was cut (25.0 % of all tokens); "
            "1 is empty.",
        ),
        ((1_000, 8, 0, 40, 0, 0), "None of 1,000 texts is longer than 8 tokens."),
        ((10, None, 0, 40, 0, 2), "None of 10 texts was cut; 2 are empty."),
        (
            (10, None, None, None, None, 0),
            "How many of 10 texts were cut is not known of a function.",
        ),
    ],
)
def test_sentence(counts, sentence):
    assert str(Truncation(*counts)) == sentence


def test_share_of_the_tokens_that_are_lost():
    assert Truncation(4, 8, 1, 40, 10, 0).lost_share == 0.25
    assert Truncation(1, 8, 0, 0, 0, 1).lost_share == 0.0
    assert Truncation(4, None, None, None, None, 0).lost_share is None

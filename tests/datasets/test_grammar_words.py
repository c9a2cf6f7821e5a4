import pytest

from keras_distill.datasets import grammar_words as words
from keras_distill.datasets.grammar_reviews import COMMON, RARE


def test_no_opinion_word_is_of_two_minds():
    every = [
        word for table in (COMMON, RARE) for side in (0, 1) for pair in table[side] for word in pair
    ]
    assert len(every) == len(set(every)) == 80


@pytest.mark.parametrize("table", [COMMON, RARE])
def test_adverbs_share_the_beginning_of_their_adjectives(table):
    assert len(table[0]) == len(table[1])
    for adjective, adverb in (*table[0], *table[1]):
        assert adverb.endswith("ly") and adverb[: len(adjective) - 1] == adjective[:-1]


def test_what_surrounds_opinions_holds_none():
    opinions = {
        word for table in (COMMON, RARE) for side in (0, 1) for pair in table[side] for word in pair
    }
    others = [words.TOLD, words.ASPECTS, words.VERBS, words.INTENSIFIERS, words.NEGATIONS]
    others += [words.AFFIRMATIONS, words.CONTRASTS, words.AGREEMENTS, words.DISTRACTIONS]
    said = " ".join(" ".join(each) for each in (*others, words.ASIDES, words.DAYS)).split()
    assert not opinions & set(said)

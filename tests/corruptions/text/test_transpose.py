from collections import Counter

from keras_distill.corruptions.text.transpose import Transpose


def test_only_neighbours_change_places(sentences):
    made = Transpose(5)(sentences, seed=0)
    for new, old in zip(made, sentences, strict=True):
        assert len(new) == len(old) and new != old
        i = 0
        while i < len(old):
            if new[i] == old[i]:
                i += 1
                continue
            assert new[i : i + 2] == old[i + 1] + old[i] and old[i : i + 2].isalnum()
            i += 2


def test_words_keep_their_characters(sentences):
    (new,) = Transpose(5)([" ".join(sentences)], seed=0)
    for left, whole in zip(new.split(), " ".join(sentences).split(), strict=True):
        assert Counter(left) == Counter(whole)


def test_equal_letters_and_punctuation_stay():
    assert Transpose(5)(["aaaa bbbb .,.,.,"], seed=0) == ["aaaa bbbb .,.,.,"]


def test_accents_move_with_their_letter():
    text = "e\u0301a " * 6
    made = Transpose(5)([text] * 20, seed=0)
    assert any("ae\u0301" in new for new in made)
    assert all(set(new.split()) <= {"e\u0301a", "ae\u0301"} for new in made)

from keras_distill.corruptions.text.word_drop import WordDrop


def test_what_stays_stays_in_order(sentences):
    for new, old in zip(WordDrop(5)(sentences, seed=0), sentences, strict=True):
        rest = iter(old.split(" "))
        assert all(word in rest for word in new.split(" "))
        assert 1 <= len(new.split(" ")) < 15


def test_never_all_words():
    class Greedy(WordDrop):
        rates = (50.0,) * 5

    # Fifty edits for each word, and yet of the last two one is there.
    made = {Greedy(1)(["  one two  three\tfour\n"], seed=seed)[0] for seed in range(30)}
    assert made == {"  three\n", "  four\n"}


def test_white_space_goes_with_its_word():
    made = {WordDrop(1)(["alpha  beta\tgamma"], seed=seed)[0] for seed in range(40)}
    assert made == {"beta\tgamma", "alpha  gamma", "alpha  beta"}


def test_one_word_stays():
    assert WordDrop(5)(["  incomprehensible "], seed=0) == ["  incomprehensible "]


def test_number_of_dropped_words():
    text = " ".join(["word"] * 200)
    lost = sum(200 - len(new.split()) for new in WordDrop(3)([text] * 100, seed=0))
    assert abs(lost - 2000) < 4 * 2000**0.5

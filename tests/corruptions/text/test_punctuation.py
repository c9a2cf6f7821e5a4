from keras_distill.corruptions.text.punctuation import Punctuation


def test_stripped_or_marked(sentences):
    for new, old in zip(Punctuation(5)(sentences, seed=0), sentences, strict=True):
        assert new != old
        for word, before in zip(new.split(" "), old.split(" "), strict=True):
            if word != before and before.isalnum():
                assert word[:-1] == before and word[-1] in ".,;:!?"
            elif word != before:
                assert word == before.rstrip(".,") and word.isalnum()


def test_every_mark_comes():
    (new,) = Punctuation(5)(["word " * 2000], seed=0)
    counts = [new.count(mark) for mark in ".,;:!?"]
    assert abs(sum(counts) - 400) < 4 * 20 and min(counts) > 30


def test_all_punctuation_of_a_word_goes():
    text = "\u00bfpor_qu\u00e9-(no)?! $5"
    made = {Punctuation(1)([text], seed=seed)[0] for seed in range(40)}
    assert "porqu\u00e9no $5" in made
    assert made <= {"porqu\u00e9no $5"} | {text + mark for mark in ".,;:!?"}


def test_words_of_marks_stay():
    assert Punctuation(5)(["... --- !!! \u3002\u3001"], seed=0) == ["... --- !!! \u3002\u3001"]

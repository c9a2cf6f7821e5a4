from keras_distill.corruptions.text.whitespace import Whitespace


def test_words_stay(sentences):
    for new, old in zip(Whitespace(5)(sentences, seed=0), sentences, strict=True):
        assert new.replace(" ", "") == old.replace(" ", "") and new != old
        assert "   " not in new


def test_removed_or_doubled_with_the_same_chance():
    made = Whitespace(5)(["a b " * 1000] * 2, seed=0)
    doubled = sum(new.count("  ") for new in made)
    removed = sum(new.count("ab") + new.count("ba") for new in made)
    assert abs(doubled + removed - 800) < 4 * 800**0.5
    assert abs(doubled - removed) < 4 * (doubled + removed) ** 0.5


def test_any_white_space_between_words_and_none_around():
    text = "  alpha\t\nbeta "
    made = {Whitespace(1)([text], seed=seed)[0] for seed in range(20)}
    assert made == {"  alphabeta ", "  alpha\t\n\t\nbeta "}

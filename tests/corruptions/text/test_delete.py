from keras_distill.corruptions.text.delete import Delete


def test_words_keep_their_first_character_and_white_space_its_place(sentences):
    made = Delete(5)(sentences, seed=0)
    for new, old in zip(made, sentences, strict=True):
        assert len(new) < len(old)
        assert [word[0] for word in new.split(" ")] == [word[0] for word in old.split(" ")]
        for left, whole in zip(new.split(" "), old.split(" "), strict=True):
            rest = iter(whole)
            assert all(char in rest for char in left)


def test_number_of_missing_characters_is_the_number_of_edits():
    text = " ".join(["abcdefghij"] * 100)
    lost = [len(text) - len(new) for new in Delete(2)([text] * 100, seed=0)]
    assert abs(sum(lost) - 5000) < 4 * 5000**0.5
    # Poisson: the variance is the mean.
    mean = sum(lost) / 100
    assert 0.5 * mean < sum((n - mean) ** 2 for n in lost) / 99 < 2 * mean


def test_accents_and_emoji_go_as_a_whole():
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    text = ("x" + "e\u0301" * 5 + family) * 3
    for seed in range(20):
        (new,) = Delete(5)([text], seed=seed)
        bare = new.replace(family, "").replace("e\u0301", "")
        assert set(bare) == {"x"} and len(new) < len(text)


def test_words_of_one_character_stay():
    assert Delete(5)(["a b c d e f g"], seed=0) == ["a b c d e f g"]

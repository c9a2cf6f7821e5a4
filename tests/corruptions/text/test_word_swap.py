from keras_distill.corruptions.text.word_swap import WordSwap


def test_only_neighbours_change_places(sentences):
    for new, old in zip(WordSwap(5)(sentences, seed=0), sentences, strict=True):
        left, whole, i = new.split(" "), old.split(" "), 0
        assert left != whole and len(left) == len(whole)
        while i < len(whole):
            if left[i] == whole[i]:
                i += 1
                continue
            assert left[i : i + 2] == [whole[i + 1], whole[i]]
            i += 2


def test_white_space_keeps_its_place():
    made = {WordSwap(1)([" alpha  beta\tgamma\n"], seed=seed)[0] for seed in range(30)}
    assert made == {" beta  alpha\tgamma\n", " alpha  gamma\tbeta\n"}


def test_equal_words_stay():
    assert WordSwap(5)(["same same same same"], seed=0) == ["same same same same"]

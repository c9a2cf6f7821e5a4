from itertools import product

from keras_distill.corruptions.text.insert import Insert
from keras_distill.corruptions.text.qwerty import NEIGHBOURS


def is_subsequence(short, long):
    rest = iter(long)
    return all(char in rest for char in short)


def test_nothing_is_lost_and_what_comes_is_new(sentences, distance):
    made = Insert(3)(sentences[:20], seed=0)
    for new, old in zip(made, sentences, strict=False):
        assert is_subsequence(old, new) and distance(new, old) == len(new) - len(old) > 0


def test_a_neighbour_comes_before_its_key():
    (made,) = Insert(5)(["gggggggggg 1111111111 \u65e5\u672c\u8a9e"], seed=0)
    pairs = {a + b for a, b in zip(made, made[1:], strict=False)}
    known = {b + a for a, near in NEIGHBOURS.items() for b in near}
    repeats = {"gg", "11", "g ", " 1", "1 ", " \u65e5", "\u65e5\u672c", "\u672c\u8a9e"}
    follow = {a + b for a, b in product("g1 ", NEIGHBOURS["g"] + NEIGHBOURS["1"])}
    assert pairs & known and pairs <= known | repeats | follow
    assert made.endswith(" \u65e5\u672c\u8a9e")


def test_other_characters_get_nothing():
    text = "\u65e5\u672c\u8a9e \u00e9 \U0001f44d ...!!!"
    assert Insert(5)([text], seed=0) == [text]

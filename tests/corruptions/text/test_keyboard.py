import numpy as np

from keras_distill.corruptions import get
from keras_distill.corruptions.text.keyboard import Keyboard
from keras_distill.corruptions.text.qwerty import NEIGHBOURS


def test_every_substitution_is_a_neighbour(sentences):
    made = Keyboard(5)(sentences, seed=0)
    for new, old in zip(made, sentences, strict=True):
        assert len(new) == len(old)
        changed = [(a, b) for a, b in zip(old, new, strict=True) if a != b]
        assert changed and all(b in NEIGHBOURS[a] for a, b in changed)


def test_neighbours_come_evenly():
    (made,) = Keyboard(5)(["g" * 20_000], seed=0)
    counts = np.array([made.count(key) for key in "ftyhbv"])
    assert abs(counts.sum() - 4000) < 4 * 4000**0.5
    assert np.abs(counts - counts.mean()).max() < 4 * counts.mean() ** 0.5


def test_what_is_on_no_key_stays():
    text = "e\u0301\u65e5\u672c \U0001f44d\U0001f3fd ,.!? \u00fc\u00df\u00e9"
    assert get("keyboard", 5)([text], seed=0) == [text]

import numpy as np

from keras_distill.corruptions.text.case import Case


def test_only_capitals_change(sentences):
    for new, old in zip(Case(5)(sentences, seed=0), sentences, strict=True):
        assert new.lower() == old.lower() and new != old
        for word, before in zip(new.split(), old.split(), strict=True):
            assert word in (before, before.upper(), before.lower(), before.capitalize())


def test_forms_come_evenly():
    (new,) = Case(5)(["hEllo " * 5000], seed=0)
    made = new.split()
    counts = np.array([made.count(form) for form in ("HELLO", "hello", "Hello")])
    assert abs(counts.sum() - 1000) < 4 * 1000**0.5
    assert np.abs(counts - counts.mean()).max() < 4 * counts.mean() ** 0.5


def test_scripts_without_capitals_stay():
    text = "\u65e5\u672c\u8a9e 123 \U0001f44d\U0001f3fd \u0645\u0631\u062d\u0628\u0627"
    assert Case(5)([text], seed=0) == [text]


def test_letters_that_become_two():
    assert Case(1)(["stra\u00dfenbahn"], seed=0)[0] in ("STRASSENBAHN", "Stra\u00dfenbahn")

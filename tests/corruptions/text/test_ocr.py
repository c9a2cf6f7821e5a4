import numpy as np
import pytest

from keras_distill.corruptions.text.ocr import Ocr
from keras_distill.corruptions.text.ocr_confusions import CONFUSIONS


@pytest.mark.parametrize("key", [key for key in CONFUSIONS if len(key) == 1])
def test_every_confusion_is_in_the_table(key):
    alike = CONFUSIONS[key]
    made = {Ocr(1)([f"xx{key}xxxxxxxx"], seed=seed)[0] for seed in range(30 * len(alike))}
    assert made == {f"xx{other}xxxxxxxx" for other in (*alike, "")}
    # Never lost where it begins a word.
    made = {Ocr(1)([f"{key}xxxxxxxxxx"], seed=seed)[0] for seed in range(30 * len(alike))}
    assert made == {f"{other}xxxxxxxxxx" for other in alike}


def test_four_confusions_for_one_loss():
    text = "x" + "k" * 10_000
    lost, swapped = 0, 0
    for new in Ocr(5)([text] * 4, seed=0):
        lost += len(text) - len(new)
        swapped += new.count("r")
    assert set(new) == {"x", "k", "r"}
    total = lost + swapped
    assert abs(total - 8000) < 4 * 8000**0.5
    assert abs(lost / total - 0.2) < 4 * (0.16 / total) ** 0.5


def test_two_characters_are_read_as_one():
    made = {Ocr(1)(["xvvxxxxxxxx"], seed=seed)[0] for seed in range(400)}
    # The letters of the pair stand in the table too.
    once = {"xwxxxxxxxx"} | {f"x{a}xxxxxxxx" for a in ("vu", "vy", "uv", "yv", "v")}
    assert once <= made
    assert made - once <= {f"x{a}{b}xxxxxxxx" for a in ("u", "y", "") for b in ("u", "y", "")}


def test_first_characters_are_never_lost():
    for seed in range(50):
        (new,) = Ocr(5)(["l l l l l l l l"], seed=seed)
        assert len(new.split(" ")) == 8 and all(new.split(" "))


def test_what_is_not_in_the_table_stays():
    text = "\u65e5\u672c e\u0301e\u0301 xx ++ \U0001f44d"
    assert Ocr(5)([text], seed=0) == [text]


def test_alike_come_evenly():
    (new,) = Ocr(5)(["x" + "0" * 20_000], seed=0)
    counts = np.array([new.count(char) for char in CONFUSIONS["0"]])
    assert np.abs(counts - counts.mean()).max() < 4 * counts.mean() ** 0.5

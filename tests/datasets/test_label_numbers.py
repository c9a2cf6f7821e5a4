import re

import pytest

from keras_distill.datasets.label_numbers import label_numbers


def test_words_become_classes_in_sorted_order():
    columns = {"train": ("a.tsv", ["pos", "neg", "pos"]), "test": ("b.tsv", ["neg"])}
    numbers, names = label_numbers(columns)
    assert names == ("neg", "pos")
    assert {split: each.tolist() for split, each in numbers.items()} == {
        "train": [1, 0, 1],
        "test": [0],
    }


def test_numbers_from_0_stay():
    labels = [str(i) for i in range(12)]
    numbers, names = label_numbers({"all": ("a.tsv", labels[::-1] + labels)})
    assert numbers["all"].tolist() == [*range(11, -1, -1), *range(12)] and list(names) == labels


def raises(sentence):
    return pytest.raises(ValueError, match="^" + re.escape(sentence) + "$")


@pytest.mark.parametrize(
    "labels, received",
    [("1 2 1 2", "1, 2"), ("-1 1 -1 1", "-1, 1"), ("0 2 0 2", "0, 2")],
)
def test_other_numbers(labels, received):
    with raises(
        "Expected words for labels, or the numbers 0 to n − 1, each of them in training. "
        f"Received: {received} in 'a.tsv'. Number the classes from 0, or name them."
    ):
        label_numbers({"all": ("a.tsv", labels.split())})


def test_one_class():
    with raises("Expected labels of at least two classes. Received: neg alone in 'a.tsv'."):
        label_numbers({"all": ("a.tsv", ["neg", "neg"])})


def test_empty_label():
    with raises(
        "Expected a label for each text. Received: 2 texts without one in 'a.tsv'. Label them, or "
        "remove their lines."
    ):
        label_numbers({"all": ("a.tsv", ["neg", "", "pos", ""])})


def test_texts_taken_for_labels():
    with raises(
        "Expected several examples of a class. Received: 6 classes for 7 examples in 'a.tsv'. The "
        "first column is the label, or the one that its first line calls 'label'."
    ):
        label_numbers({"all": ("a.tsv", [*"abcdef", "a"])})


def test_label_that_training_lacks():
    columns = {"train": ("a.tsv", ["pos", "neg", "pos"]), "test": ("b.tsv", ["neg", "neutral"])}
    with raises(
        "Expected the labels of training (neg, pos) in 'b.tsv' too. Received: 'neutral'. Correct "
        "it, or add examples of it to 'a.tsv'."
    ):
        label_numbers(columns)

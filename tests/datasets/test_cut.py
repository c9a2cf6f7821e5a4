import numpy as np

from keras_distill.datasets.cut import cut


def test_each_class_gives_its_share_once():
    labels = np.repeat([0, 1, 2], [60, 30, 1])
    stay, go = cut(labels, 1 / 6)
    assert sorted([*stay, *go]) == list(range(91))
    assert np.bincount(labels[go], minlength=3).tolist() == [10, 5, 0]


def test_same_labels_same_cut():
    labels = np.arange(50) % 5
    np.testing.assert_array_equal(cut(labels, 0.2)[1], cut(labels, 0.2)[1])


def test_two_examples_are_shared():
    stay, go = cut(np.array([0, 0]), 1 / 6)
    assert len(stay) == len(go) == 1

import re

import numpy as np
import pytest

from keras_distill.robustness.measuring.clean_data import clean_data

IMAGES = np.arange(6, dtype=np.uint8).reshape(6, 1, 1, 1)
LABELS = np.array([0, 1, 0, 2, 1, 0])


class Published:
    name = "cifar10_corrupted"
    cells = [("fog", 1)]

    def __init__(self, labels, clean=None):
        self.labels, self._clean = labels, clean

    def clean(self):
        return self._clean


def raises(sentence):
    return pytest.raises(ValueError, match="^" + re.escape(sentence) + "$")


def test_made_here_the_order_is_the_datas():
    data, labels, order = clean_data((IMAGES, LABELS), "imagenet_c")
    assert data.n == 6 and labels.tolist() == LABELS.tolist() and order.tolist() == list(range(6))


def test_published_elsewhere_the_labels_agree():
    published = Published(np.array([2, 1, 1, 0, 0, 0]))
    data, labels, order = clean_data((IMAGES, LABELS), published)
    assert labels.tolist() == [2, 1, 1, 0, 0, 0]
    assert order.tolist() == [3, 1, 4, 0, 2, 5]
    assert data.labels[order].tolist() == labels.tolist()


def test_a_set_may_hold_its_clean_images():
    published = Published(LABELS, iter([(IMAGES, LABELS)]))
    data, _, order = clean_data(None, published)
    assert data.n == 6 and order.tolist() == list(range(6))
    with raises(
        "'cifar10_corrupted' holds no clean images. Give the clean test set that it was made from "
        "as `data`."
    ):
        clean_data(None, Published(LABELS))


def test_other_clean_examples_are_refused():
    with raises(
        "The 5 clean examples are not those that 'cifar10_corrupted' was made from: its 6 labels "
        "are others. Give the whole clean test set."
    ):
        clean_data((IMAGES[:5], LABELS[:5]), Published(LABELS))

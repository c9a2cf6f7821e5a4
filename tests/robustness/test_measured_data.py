import numpy as np
import pytest

from keras_distill.robustness.measured_data import measured_data

IMAGES = np.full((3, 2, 2, 1), 0.5, "float32")


def test_bytes_are_scaled():
    images, labels = measured_data((np.full((1, 2, 2, 1), 255, "uint8"), [3]))
    assert images.max() == 1.0 and images.dtype == np.float32 and labels.tolist() == [3]


def test_batches_are_joined_in_order():
    images, labels = measured_data([(IMAGES[:2], [0, 1]), (IMAGES[2:], [2])])
    assert images.shape == (3, 2, 2, 1) and labels.tolist() == [0, 1, 2]


def test_a_list_of_two_arrays_is_a_pair():
    images, labels = measured_data([IMAGES, np.array([0, 1, 2])])
    assert images.shape == (3, 2, 2, 1) and labels.tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    "data, message",
    [
        (
            IMAGES,
            "The data have no labels. Robustness is measured against labels: give a tuple "
            "(images, labels) or a tf.data set of such pairs.",
        ),
        ([], "The data set is empty. Give at least one image with its label."),
        (
            (IMAGES * 4, [0, 1, 2]),
            "Expected float images in [0, 1]. Received: values from 2 to 2. Scale them, or give "
            "uint8 images; corruptions are defined on pictures, not on normalised inputs.",
        ),
        (
            (IMAGES * np.float32("nan"), [0, 1, 2]),
            "Expected float images in [0, 1]. Received: values from nan to nan. Scale them, or "
            "give uint8 images; corruptions are defined on pictures, not on normalised inputs.",
        ),
        (
            (IMAGES, np.eye(3)),
            "Expected one integer label per image, shape (3,). Received: shape (3, 3), dtype "
            "float64. Turn one-hot labels into numbers by argmax.",
        ),
    ],
)
def test_bad_data(data, message):
    with pytest.raises(ValueError) as raised:
        measured_data(data)
    assert str(raised.value) == message

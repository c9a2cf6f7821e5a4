"""Examples that are given, and those that are made."""

import re

import numpy as np
import pytest

from keras_distill.export.proof.examples import collect, generate


def test_first_of_an_array():
    data = np.arange(12).reshape(6, 2)
    examples = collect(data, (2,), 4, "samples")
    np.testing.assert_array_equal(examples, data[:4])
    assert examples.dtype == np.float32


def test_first_of_a_data_set_with_labels():
    import tensorflow as tf

    data = np.arange(12).reshape(6, 2)
    batches = tf.data.Dataset.from_tensor_slices((data, np.zeros(6))).batch(2)
    np.testing.assert_array_equal(collect(batches, (2,), 3, "samples"), data[:3])


@pytest.mark.parametrize(
    "data, message",
    [
        (
            np.zeros((0, 2)),
            "`samples` is empty. Expected at least one example of shape (2,): give some of the "
            "training images.",
        ),
        (
            [],
            "`samples` is empty. Expected at least one example of shape (2,): give some of the "
            "training images.",
        ),
        (
            np.zeros((4, 3)),
            "`samples` has examples of shape (3,), but the model takes (2,). Give an array (n, …) "
            "or a tf.data.Dataset of batches, in the form that the model is fed.",
        ),
        (
            np.full((4, 2), np.nan),
            "`samples` holds values that are not finite. Expected images as the model is fed: "
            "remove the examples with NaN or infinity.",
        ),
    ],
)
def test_refused(data, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        collect(data, (2,), 4, "samples")


@pytest.mark.parametrize("shape", [(9, 7, 3), (5,)])
def test_generated_are_the_same_every_time_and_in_range(shape):
    first, second = generate(shape, -1.0, 3.0), generate(shape, -1.0, 3.0)
    np.testing.assert_array_equal(first, second)
    assert first.shape == (64, *shape)
    assert -1.0 <= first.min() < -0.8
    assert 2.8 < first.max() <= 3.0
    assert len(np.unique(first.reshape(64, -1), axis=0)) == 64

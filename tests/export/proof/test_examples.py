"""Examples that are given, and those that are made."""

import re

import numpy as np
import pytest

from keras_distill.export.proof.examples import collect, generate
from keras_distill.export.serving.model_ends import End

ONE = (End("input", "x", (2,), "float32"),)
TWO = (End("ids", "tokens", (3,), "int32"), End("size", "size", (None,), "float32"))


def test_of_an_array_evenly_spread():
    data = np.arange(20).reshape(10, 2)
    examples, labels = collect(data, ONE, 4, "samples")
    # Sorted by class, the first four would be of one.
    np.testing.assert_array_equal(examples["input"], data[[0, 3, 6, 9]])
    assert examples["input"].dtype == np.float32
    assert labels is None


def test_first_of_a_data_set_with_labels():
    import tensorflow as tf

    data = np.arange(12).reshape(6, 2)
    batches = tf.data.Dataset.from_tensor_slices((data, np.arange(6))).batch(2)
    examples, labels = collect(batches, ONE, 3, "samples")
    np.testing.assert_array_equal(examples["input"], data[:3])
    np.testing.assert_array_equal(labels, [0, 1, 2])


IDS, SIZE = np.arange(12).reshape(4, 3), np.ones((4, 5)) / 3


def batches(*whole):
    import tensorflow as tf

    return tf.data.Dataset.from_tensor_slices(whole[0]).batch(2)


@pytest.mark.parametrize(
    "data",
    [
        {"tokens": IDS, "size": SIZE},
        {"ids": IDS, "size": SIZE, "not asked for": SIZE},
        [IDS, SIZE],
        (IDS, SIZE),
        lambda: batches({"tokens": IDS, "size": SIZE}),
        lambda: batches((IDS, SIZE)),
        lambda: batches(({"tokens": IDS, "size": SIZE}, np.zeros(4))),
        lambda: batches(((IDS, SIZE), np.zeros(4), np.ones(4))),
    ],
)
def test_every_form_of_two_inputs(data):
    examples, _ = collect(data() if callable(data) else data, TWO, 10, "samples")
    np.testing.assert_array_equal(examples["ids"], IDS)
    assert examples["ids"].dtype == np.int32
    np.testing.assert_array_equal(examples["size"], SIZE.astype("float32"))


FORM = "Give an array (n, …) or a tf.data.Dataset of batches, in the form that the model is fed."


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
            f"`samples` has examples of shape (3,), but the model takes (2,). {FORM}",
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
        collect(data, ONE, 4, "samples")


@pytest.mark.parametrize(
    "data, message",
    [
        (
            IDS,
            "`samples` has one array, but the model takes 'tokens', 'size'. Give a dict of arrays "
            "by these names, or a list of them in this order.",
        ),
        (
            {"tokens": IDS, "length": SIZE},
            "`samples` has 'tokens', 'length', but the model takes 'tokens', 'size'. Give a dict "
            "of arrays by these names, or a list of them in this order.",
        ),
        (
            [IDS[:3], SIZE],
            "`samples` has 3 and 4 examples for its inputs. Give every input as many.",
        ),
        (
            [SIZE, SIZE],
            "`samples` has examples of shape (5,) for the input 'tokens', but the model takes "
            f"(3,). {FORM}",
        ),
    ],
)
def test_two_inputs_refused(data, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        collect(data, TWO, 4, "samples")


@pytest.mark.parametrize("shape", [(9, 7, 3), (5,)])
def test_generated_are_the_same_every_time_and_in_range(shape):
    first, second = generate(shape, -1.0, 3.0), generate(shape, -1.0, 3.0)
    np.testing.assert_array_equal(first, second)
    assert first.shape == (64, *shape)
    assert -1.0 <= first.min() < -0.8
    assert 2.8 < first.max() <= 3.0
    assert len(np.unique(first.reshape(64, -1), axis=0)) == 64

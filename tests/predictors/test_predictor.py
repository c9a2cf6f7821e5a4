"""Batches, outputs and the shapes that are refused."""

import re

import numpy as np
import pytest

from keras_distill.predictors import Predictor


def make(**more):
    return Predictor(lambda images: images[:, :3] * 2, "callable", name="twice", **more)


def test_predicts_in_batches_and_in_order():
    seen = []

    def function(images):
        seen.append(len(images))
        return images[:, :1]

    images = np.arange(600, dtype="float32").reshape(600, 1)
    outputs = Predictor(function, "callable", "order").predict(images)
    np.testing.assert_array_equal(outputs, images)
    assert seen == [256, 256, 88]


def test_no_images_give_no_rows():
    assert make().predict(np.zeros((0, 5))).shape == (0, 3)


def test_probabilities_of_logits_are_a_softmax():
    logits = np.log(np.array([[1.0, 2.0, 5.0], [8.0, 1.0, 1.0]])) - 3
    predictor = Predictor(lambda x: x, "callable", "logits")
    expected = [[1 / 8, 2 / 8, 5 / 8], [0.8, 0.1, 0.1]]
    np.testing.assert_allclose(predictor.probabilities(logits), expected, rtol=1e-6)
    assert predictor.outputs == "logits"


def test_huge_logits_stay_finite():
    predictor = Predictor(lambda x: x, "callable", "logits", outputs="logits")
    np.testing.assert_array_equal(predictor.probabilities([[1e30, 0.0]]), [[1.0, 0.0]])


def test_one_logit_is_a_sigmoid():
    predictor = Predictor(lambda x: x, "callable", "one", outputs="logits")
    np.testing.assert_allclose(predictor.probabilities([[np.log(3.0)]]), [[0.75]], rtol=1e-6)


def test_probabilities_stay_what_they_are():
    rows = np.array([[0.5, 0.5, 0.0], [0.1, 0.2, 0.7]], "float32")
    predictor = Predictor(lambda x: x, "callable", "rows")
    np.testing.assert_array_equal(predictor.probabilities(rows), rows)
    assert predictor.outputs == "probabilities"


def test_one_output_may_come_in_a_dict_or_a_list():
    for wrap in (lambda x: {"out": x}, lambda x: [x]):
        assert Predictor(wrap, "callable", "wrapped").predict(np.ones((2, 3))).shape == (2, 3)


def test_two_outputs():
    message = (
        "'two' has 2 outputs; a predictor needs a model with one. Make a model of the one output "
        "you want to measure."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        Predictor(lambda x: [x, x], "callable", "two").predict(np.ones((2, 3)))


@pytest.mark.parametrize("shape", [(4, 32, 32, 3), (28, 28, 1)])
def test_wrong_shape_names_both(shape):
    message = (
        f"'twice' expects images of shape (n, 28, 28, 1), but received an array of shape {shape}. "
        "Resize or reshape the images to what the model was made for."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        make(input_shape=(28, 28, 1)).predict(np.zeros(shape))


def test_an_axis_of_any_length():
    assert make(input_shape=(None,)).predict(np.zeros((2, 7))).shape == (2, 3)


def test_says_what_it_is():
    predictor = make(input_shape=(5,))
    assert repr(predictor) == "<Predictor 'twice': callable, input (5,), unknown>"

"""What is stored comes back, as near as float16 allows where it matters."""

import re

import numpy as np
import pytest

from keras_distill.teachers.stored_outputs import decoded, encoded, encoded_top


def softmax(z):
    e = np.exp(z - z.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


@pytest.mark.parametrize("offset", [0.0, 500.0])
def test_float16_keeps_the_loss_to_a_thousandth(offset):
    rng = np.random.default_rng(0)
    t = (rng.normal(0, 6, (200, 10)) + offset).astype("float32")
    s = rng.normal(0, 3, (200, 10))
    again = decoded("o", encoded("o", t, "float16"), (10,))

    def loss(t):
        p, q = softmax(t.astype("float64") / 4), softmax(s / 4)
        return 16 * (p * np.log(p / q)).sum(-1).mean()

    assert loss(again) == pytest.approx(loss(t), rel=1e-3)
    assert again.dtype == np.float32 and np.abs(again - t).max() < 0.02


def test_float32_is_exact():
    x = np.random.default_rng(0).normal(size=(3, 4, 5)).astype("float32")
    np.testing.assert_array_equal(decoded("o", encoded("o", x, "float32"), (4, 5)), x)


def test_the_most_probable_classes_and_what_is_left():
    p = np.array([[0.5, 0.05, 0.3, 0.15], [0.1, 0.2, 0.3, 0.4]])
    again = decoded("o", encoded_top("o", np.log(p), 2, "float32"), (4,))
    wanted = [[0.5, 0.1, 0.3, 0.1], [0.15, 0.15, 0.3, 0.4]]
    np.testing.assert_allclose(np.exp(again), wanted, rtol=1e-5)
    every = decoded("o", encoded_top("o", np.log(p), 4, "float32"), (4,))
    np.testing.assert_allclose(np.exp(every), p, rtol=1e-5)


def test_what_does_not_fit_into_float16():
    sentence = (
        "The teacher's 'outputs.0' do not fit into float16. Received: values from 0 to 1e+06. "
        'Pass dtype="float32", or look for NaN in the data.'
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        encoded("outputs.0", np.array([[0.0, 1e6]]), "float16")

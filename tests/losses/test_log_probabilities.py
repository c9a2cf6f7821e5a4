"""From probabilities back to logits."""

import keras
import numpy as np

from keras_distill.losses.log_probabilities import log_odds, log_probabilities


def test_the_logits_that_keras_kept_are_used():
    logits = keras.ops.convert_to_tensor(np.array([[0.0, 500.0]], "float32"))
    np.testing.assert_array_equal(log_probabilities(keras.activations.softmax(logits)), logits)
    np.testing.assert_array_equal(log_odds(keras.activations.sigmoid(logits)), logits)


def test_plain_probabilities_give_finite_logs():
    p = np.array([[0.0, 0.25, 0.75]], "float32")
    logs = np.asarray(log_probabilities(p))
    assert np.isfinite(logs).all() and logs[0, 0] < -87
    np.testing.assert_allclose(logs[0, 1:], np.log(p[0, 1:]), rtol=1e-6)
    np.testing.assert_allclose(log_odds(p)[0, 1:], [-np.log(3), np.log(3)], rtol=1e-5)

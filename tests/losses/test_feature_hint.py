"""FeatureHint: mean over features, its projection, its refusals."""

import re

import keras
import numpy as np
import pytest

from keras_distill.losses import FeatureHint
from keras_distill.losses.feature_hint import feature_distance


@pytest.mark.parametrize("shape", [(5, 7), (5, 4, 4, 3)])
def test_mean_over_features_for_each_example(shape):
    t, s = (np.random.default_rng(i).normal(size=shape).astype("float32") for i in (0, 1))
    wanted = ((t - s) ** 2).reshape(5, -1).mean(-1)
    np.testing.assert_allclose(FeatureHint("a", "b", projection=False)(t, s), wanted, rtol=1e-5)
    np.testing.assert_allclose(feature_distance(t, s), wanted, rtol=1e-5)


def test_projection_is_a_matrix_over_channels():
    hint = FeatureHint("a", "b", seed=1)
    t, s = np.zeros((2, 3, 3, 4), "float32"), np.ones((2, 3, 3, 2), "float32")
    values = hint(t, s)
    kernel = np.array(hint._dense.kernel)
    assert kernel.shape == (2, 4) and len(hint.trainable_variables) == 2
    np.testing.assert_allclose(values, [(kernel.sum(0) ** 2).mean()] * 2, rtol=1e-5)
    again = FeatureHint("a", "b", seed=1)
    again(t, s)
    np.testing.assert_array_equal(again._dense.kernel, kernel)


def test_config_makes_the_round_trip():
    loss = FeatureHint("a/b", "c", projection=False, seed=4)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(loss))
    assert again.get_config() == loss.get_config()


def test_refusals():
    sentence = (
        "FeatureHint compares features position by position. Received: teacher layer 'a' of shape "
        "(2, 8, 8, 4), student layer 'b' of shape (2, 4, 4, 4). Choose two layers of equal rank "
        "and resolution, e.g. both after global pooling."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        FeatureHint("a", "b").check(np.zeros((2, 8, 8, 4)), np.zeros((2, 4, 4, 4)))
    sentence = "`projection` must be True or False. Received: projection='yes'."
    with pytest.raises(TypeError, match=f"^{re.escape(sentence)}$"):
        FeatureHint("a", "b", projection="yes")

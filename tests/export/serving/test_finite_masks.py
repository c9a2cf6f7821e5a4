"""What is masked stays masked in floats, and the scores keep their levels in integers."""

import keras
import numpy as np
import pytest

from keras_distill import export
from keras_distill.export.serving.finite_masks import finite_masks

SOFTMAX = keras.layers.Softmax()


def masked(scores, mask):
    return np.asarray(SOFTMAX(scores, mask=mask))


def attention():
    return keras.layers.MultiHeadAttention(2, 8, seed=1)


def test_floats_stay_what_they_were():
    rng = np.random.default_rng(0)
    scores, mask = rng.normal(0, 5, (20, 8)).astype("float32"), rng.random((20, 8)) < 0.6
    mask[:, 0] = True
    x, layer = rng.normal(size=(4, 6, 16)).astype("float32"), attention()
    before = masked(scores, mask), np.asarray(layer(x, x, use_causal_mask=True))
    with finite_masks(True):
        after = masked(scores, mask), np.asarray(layer(x, x, use_causal_mask=True))
    for one, other in zip(before, after, strict=True):
        np.testing.assert_allclose(one, other, atol=3e-7)


def test_scores_of_keras_are_replaced_for_the_block_only():
    # The least score is Keras's own number before and after, -32 in between.
    from keras.src.backend.tensorflow import nn
    from keras.src.layers.activations import softmax

    def numbers():
        return float(nn._get_large_negative("float32")), softmax._large_negative_number("float32")

    before = numbers()
    assert max(before) < -1e8
    with finite_masks(False):
        assert numbers() == before
    with pytest.raises(KeyError), finite_masks(True):
        assert numbers() == (-32.0, -32.0)
        raise KeyError
    assert numbers() == before


def test_an_int8_file_looks_where_the_model_looks(tmp_path):
    keras.utils.set_random_seed(0)
    tokens = keras.Input((8, 16))
    x = attention()(tokens, tokens, use_causal_mask=True)
    model = keras.Model(tokens, keras.layers.Flatten()(x))
    # Scores far enough apart that attention is not uniform.
    query, key = model.layers[1].query_dense, model.layers[1].key_dense
    for layer in (query, key):
        layer.kernel.assign(3.0 * np.asarray(layer.kernel))
    data = np.random.default_rng(0).normal(size=(64, 8, 16)).astype("float32")
    artefact = export.to_tflite(
        model, tmp_path / "m.tflite", "int8", calibration_data=data,
        allow_float=True, minimum_agreement=0.0,
    )  # fmt: skip
    assert artefact.parity.signal_to_noise_db > 20

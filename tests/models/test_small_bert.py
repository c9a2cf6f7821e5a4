import re

import keras
import numpy as np
import pytest

from keras_distill.models import small_bert
from keras_distill.predictors import load

TEXTS = np.array([[2, 9, 7, 3, 0, 0], [2, 5, 6, 8, 4, 3]], np.int32)


def refused(sentence, **kwargs):
    with pytest.raises(ValueError, match="^" + re.escape(sentence) + "$"):
        small_bert(10, 6, **kwargs)


@pytest.mark.slow
def test_it_is_keras_hubs_bert_fed_with_ids(tmp_path):
    keras.utils.set_random_seed(0)
    model = small_bert(10, 6, num_classes=3, depth=1, width=64)
    rng = np.random.default_rng(0)
    model.set_weights([0.2 * rng.normal(size=w.shape) for w in model.get_weights()])
    backbone = model.get_layer("backbone")
    assert (backbone.num_heads, backbone.intermediate_dim, backbone.num_segments) == (1, 256, 2)
    fed = {
        "token_ids": TEXTS,
        "padding_mask": np.array([[1, 1, 1, 1, 0, 0], [1] * 6]),
        "segment_ids": np.zeros_like(TEXTS),
    }
    expected = model.get_layer("logits")(backbone(fed)["pooled_output"])
    found = model.predict(TEXTS, verbose=0)
    np.testing.assert_allclose(found, expected, atol=1e-6)
    model.save(tmp_path / "x.keras")
    loaded = keras.models.load_model(tmp_path / "x.keras")
    np.testing.assert_array_equal(loaded.predict(TEXTS, verbose=0), found)

    longer = small_bert(10, 8, num_classes=3, depth=1, width=64)
    for new, old in zip(longer.weights, model.weights, strict=True):
        more = new.shape[0] - old.shape[0]
        new.assign(np.pad(old, ((0, more), (0, 0))) if more else old)
    more = longer.predict(np.pad(TEXTS, ((0, 0), (0, 2))), verbose=0)
    np.testing.assert_allclose(more, found, atol=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("recipe", ["float32", "dynamic_range"])
def test_the_file_says_what_small_bert_says(recipe, tmp_path):
    from keras_distill.export import to_tflite

    keras.utils.set_random_seed(0)
    model = small_bert(10, 6, depth=1, width=64)
    artefact = to_tflite(model, tmp_path / "x.tflite", recipe, samples=TEXTS, minimum_agreement=0.5)
    atol = 1e-5 if recipe == "float32" else 0.1
    found = load(artefact).predict(TEXTS)
    np.testing.assert_allclose(found, model.predict(TEXTS, verbose=0), atol=atol)


def test_wrong_arguments():
    refused("`width` must be a multiple of 64, one head for each. Received: width=100.", width=100)
    refused("`width` must be a multiple of 64, one head for each. Received: width=0.", width=0)
    refused("`depth` must be a whole number of at least 1. Received: depth=0.", depth=0)

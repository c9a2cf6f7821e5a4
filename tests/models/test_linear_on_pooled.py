import re

import keras
import numpy as np
import pytest
from keras import layers

from keras_distill.models import linear_on_pooled

TEXTS = np.array([[5, 7, 9, 0, 0], [3, 0, 0, 0, 0], [0, 0, 0, 0, 0]], np.int32)


def encoder(as_dict=False):
    keras.utils.set_random_seed(0)
    ids = keras.Input((None,), dtype="int32", name="token_ids")
    x = layers.Embedding(10, 4, name="embedding")(ids)
    if not as_dict:
        return keras.Model(ids, x, name="encoder")
    mask = keras.Input((None,), dtype="int32", name="padding_mask")
    inputs = {"token_ids": ids, "padding_mask": mask}
    return keras.Model(inputs, {"sequence_output": x, "first": x[:, 0]}, name="encoder")


def logits(model, pooled):
    return pooled @ model.get_layer("logits").kernel.numpy() + model.get_layer("logits").bias


@pytest.mark.parametrize("as_dict", [False, True])
def test_mean_of_the_real_tokens(as_dict):
    model = linear_on_pooled(encoder(as_dict), num_classes=3)
    table = model.get_layer("encoder").get_layer("embedding").embeddings.numpy()
    pooled = np.stack([table[[5, 7, 9]].mean(0), table[3], np.zeros(4)])
    fed = {"token_ids": TEXTS, "padding_mask": np.int32(TEXTS > 0)} if as_dict else TEXTS
    np.testing.assert_allclose(model(fed), logits(model, pooled), atol=1e-6)
    assert [w.path for w in model.trainable_weights] == ["logits/kernel", "logits/bias"]


def test_the_first_token():
    model = linear_on_pooled(encoder(), pooling="first")
    table = model.get_layer("encoder").get_layer("embedding").embeddings.numpy()
    np.testing.assert_allclose(model(TEXTS), logits(model, table[TEXTS[:, 0]]), atol=1e-6)


def test_more_padding_changes_nothing_and_it_saves(tmp_path):
    model = linear_on_pooled(encoder())
    found = model.predict(TEXTS, verbose=0)
    longer = model.predict(np.pad(TEXTS, ((0, 0), (0, 6))), verbose=0)
    np.testing.assert_allclose(longer, found, atol=1e-6)
    model.save(tmp_path / "x.keras")
    loaded = keras.models.load_model(tmp_path / "x.keras")
    np.testing.assert_array_equal(loaded.predict(TEXTS, verbose=0), found)
    assert len(loaded.trainable_weights) == 2


@pytest.mark.slow
def test_on_a_backbone_of_keras_hub(tiny_bert, tmp_path):
    from keras_distill.export import to_tflite

    bert = tiny_bert()
    model = linear_on_pooled(bert.backbone, num_classes=3)
    fed = {k: np.array(v) for k, v in bert.preprocessor(["the film was good", "bad"]).items()}
    sequence = bert.backbone.predict(fed, verbose=0)["sequence_output"]
    pooled = np.stack([s[m].mean(0) for s, m in zip(sequence, fed["padding_mask"], strict=True)])
    np.testing.assert_allclose(model(fed), logits(model, pooled), atol=1e-5)
    artefact = to_tflite(model, tmp_path / "x.tflite", samples=fed)
    assert artefact.parity.max_difference < 1e-5


def refused(sentence, *args, **kwargs):
    with pytest.raises(ValueError, match="^" + re.escape(sentence) + "$"):
        linear_on_pooled(*args, **kwargs)


def test_wrong_arguments():
    refused(
        '`pooling` must be "mean" or "first". Received: pooling=\'max\'.', encoder(), pooling="max"
    )
    refused("`num_classes` must be a whole number of at least 1. Received: num_classes=0.",
            encoder(), 0)  # fmt: skip
    needs = (
        "`linear_on_pooled` needs to know which tokens are padding: a backbone whose input is "
        'whole numbers with 0 for padding, or a dict with a "padding_mask". Received: '
    )
    pixels = keras.Input((4, 4), name="pixels")
    refused(needs + "'other'.", keras.Model(pixels, pixels * 2, name="other"))
    refused(needs + "'int'.", 3)
    ids = keras.Input((4,), dtype="int32")
    pooled = keras.Model(ids, layers.Embedding(5, 2)(ids)[:, 0], name="pooled")
    sequence = (
        "`linear_on_pooled` pools a sequence: a backbone whose output is (batch, length, width), "
        'alone or as "sequence_output" of a dict. Received: '
    )
    refused(sequence + "'pooled' with an output of shape (None, 2).", pooled)
    named = keras.Model(ids, {"pooled_output": pooled(ids)}, name="named")
    refused(sequence + "'named' with the outputs 'pooled_output'.", named)

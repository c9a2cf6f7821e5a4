import keras
import numpy as np
import pytest

from keras_distill.export import to_tflite
from keras_distill.models import bilstm
from keras_distill.predictors import load

TEXTS = np.array([[4, 9, 2, 7, 3], [8, 1, 0, 0, 0], [0, 0, 0, 0, 0]], np.int32)


def made(sequence_length=5, **kwargs):
    keras.utils.set_random_seed(0)
    return bilstm(10, sequence_length, num_classes=3, width=4, embedding_width=6, **kwargs)


def weights(model):
    """Away from the start, where the biases are 0."""
    rng = np.random.default_rng(1)
    return [rng.normal(size=w.shape).astype("float32") for w in model.weights]


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def reference(model, text):
    """The paper's section 3.1, word by word, over the real tokens alone."""
    embedding, *both, hidden, hidden_bias, logits, bias = [np.asarray(w) for w in model.weights]
    tokens = embedding[[token for token in text if token]]
    states = []
    for (kernel, recurrent, shift), words in ((both[:3], tokens), (both[3:], tokens[::-1])):
        h = c = np.zeros(4)
        for word in words:
            i, f, g, o = np.split(word @ kernel + h @ recurrent + shift, 4)
            c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
            h = sigmoid(o) * np.tanh(c)
        states.append(h)
    return np.maximum(np.concatenate(states) @ hidden + hidden_bias, 0) @ logits + bias


def test_equals_the_papers_network_written_out():
    model = made()
    model.set_weights(weights(model))
    expected = np.stack([reference(model, text) for text in TEXTS])
    np.testing.assert_allclose(model.predict(TEXTS, verbose=0), expected, rtol=1e-4, atol=1e-4)


def test_more_padding_changes_nothing():
    model, longer = made(), made(9)
    model.set_weights(weights(model))
    longer.set_weights(model.get_weights())
    np.testing.assert_allclose(
        longer.predict(np.pad(TEXTS, ((0, 0), (0, 4))), verbose=0),
        model.predict(TEXTS, verbose=0),
        atol=1e-6,
    )


def test_sizes_and_names():
    model = made(hidden_width=7, dropout=0.2)
    assert model.count_params() == 10 * 6 + 2 * 4 * (6 * 4 + 4 * 4 + 4) + (8 + 1) * 7 + (7 + 1) * 3
    assert model.get_layer("embedding_dropout").rate == model.get_layer("dropout").rate == 0.2
    assert model.layers[-1].activation is keras.activations.linear


def test_saved_and_loaded(tmp_path):
    model = made()
    model.save(tmp_path / "x.keras")
    loaded = keras.models.load_model(tmp_path / "x.keras")
    np.testing.assert_array_equal(loaded.predict(TEXTS, verbose=0), model.predict(TEXTS, verbose=0))


@pytest.mark.slow
@pytest.mark.parametrize("recipe", ["float32", "dynamic_range"])
def test_the_file_says_what_the_text_model_says(recipe, tmp_path):
    model = made()
    artefact = to_tflite(model, tmp_path / "x.tflite", recipe, samples=TEXTS)
    assert artefact.manifest["signature"]["inputs"][0]["dtype"] == "int32"
    np.testing.assert_allclose(
        load(artefact).predict(TEXTS),
        model.predict(TEXTS, verbose=0),
        atol=1e-6 if recipe == "float32" else 0.02,
    )


def test_wrong_arguments():
    sentence = "^`hidden_width` must be a whole number of at least 1. Received: hidden_width=0.$"
    with pytest.raises(ValueError, match=sentence):
        made(hidden_width=0)
    sentence = (
        "^`dropout` is the share of values to drop, at least 0 and below 1. Received: dropout=2.$"
    )
    with pytest.raises(ValueError, match=sentence):
        made(dropout=2)

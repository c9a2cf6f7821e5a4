import keras
import numpy as np
import pytest

from keras_distill.export import to_tflite
from keras_distill.models import text_cnn
from keras_distill.predictors import load

TEXTS = np.array([[4, 9, 2, 7, 3], [8, 1, 0, 0, 0], [0, 0, 0, 0, 0]], np.int32)


def made(sequence_length=5, windows=(2, 3), **kwargs):
    keras.utils.set_random_seed(0)
    model = text_cnn(
        10, sequence_length, num_classes=3, filters=4, windows=windows, embedding_width=6, **kwargs
    )
    rng = np.random.default_rng(1)
    model.set_weights([rng.normal(size=w.shape) for w in model.weights])
    return model


def reference(model, text):
    """The paper's section 2: every window of the text, zeros beyond its ends, over time."""
    embedding, *convolutions, logits, bias = [np.asarray(w) for w in model.weights]
    tokens = embedding[[token for token in text if token]]
    found = []
    for kernel, shift in zip(convolutions[::2], convolutions[1::2], strict=True):
        window = len(kernel)
        before = (window - 1) // 2
        padded = np.pad(tokens, ((before, window - 1 - before), (0, 0)))
        values = [
            np.maximum(np.einsum("we,wef->f", padded[at : at + window], kernel) + shift, 0)
            for at in range(len(tokens))
        ]
        found.append(np.max([*values, np.zeros(4)], axis=0))
    return np.concatenate(found) @ logits + bias


def test_equals_the_papers_network_written_out():
    model = made()
    expected = np.stack([reference(model, text) for text in TEXTS])
    np.testing.assert_allclose(model.predict(TEXTS, verbose=0), expected, rtol=1e-4, atol=1e-4)


def test_more_padding_changes_nothing():
    model, longer = made(), made(9)
    np.testing.assert_allclose(
        longer.predict(np.pad(TEXTS, ((0, 0), (0, 4))), verbose=0),
        model.predict(TEXTS, verbose=0),
        atol=1e-5,
    )


def test_sizes_and_names():
    model = made(dropout=0.1)
    assert model.count_params() == 10 * 6 + (2 * 6 + 1) * 4 + (3 * 6 + 1) * 4 + (8 + 1) * 3
    assert model.get_layer("window_3").kernel_size == (3,)
    assert model.get_layer("dropout").rate == 0.1
    assert made(windows=[3]).count_params() == 10 * 6 + (3 * 6 + 1) * 4 + (4 + 1) * 3


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
    np.testing.assert_allclose(
        load(artefact).predict(TEXTS),
        model.predict(TEXTS, verbose=0),
        atol=1e-4 if recipe == "float32" else 0.5,
    )


@pytest.mark.parametrize(
    "windows, sentence",
    [
        (
            [],
            "`windows` is a list of one or more numbers of tokens, such as .3, 4, 5.. "
            r"Received: windows=\[\].",
        ),
        (
            3,
            "`windows` is a list of one or more numbers of tokens, such as .3, 4, 5.. "
            "Received: windows=3.",
        ),
        ([3, 0], "`windows` must be a whole number of at least 1. Received: windows=0."),
    ],
)
def test_wrong_windows(windows, sentence):
    with pytest.raises(ValueError, match="^" + sentence + "$"):
        text_cnn(10, 5, windows=windows)


def test_wrong_arguments():
    sentence = "^`filters` must be a whole number of at least 1. Received: filters='many'.$"
    with pytest.raises(ValueError, match=sentence):
        text_cnn(10, 5, filters="many")
    sentence = (
        "^`dropout` is the share of values to drop, at least 0 and below 1. Received: dropout=1.$"
    )
    with pytest.raises(ValueError, match=sentence):
        text_cnn(10, 5, dropout=1)

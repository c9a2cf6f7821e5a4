import keras
import numpy as np
import pytest

from keras_distill.export import to_tflite
from keras_distill.models import bag_of_embeddings
from keras_distill.models.bag_of_embeddings import _multiplier
from keras_distill.predictors import load

TEXTS = np.array([[4, 9, 2, 7, 3], [8, 1, 0, 0, 0], [6, 0, 0, 0, 0], [0, 0, 0, 0, 0]], np.int32)


def made(sequence_length=5, vocabulary_size=10, **kwargs):
    keras.utils.set_random_seed(0)
    model = bag_of_embeddings(
        vocabulary_size, sequence_length, num_classes=3, embedding_width=6, **kwargs
    )
    rng = np.random.default_rng(1)
    model.set_weights([rng.normal(size=w.shape) for w in model.weights])
    return model


def reference(model, text, buckets, multiplier):
    """The paper's section 2: one mean over words and pairs, and a linear layer."""
    *embeddings, logits, bias = [np.asarray(w) for w in model.weights]
    tokens = [int(token) for token in text if token]
    features = [embeddings[0][token] for token in tokens]
    if buckets:
        features += [
            embeddings[1][(first * multiplier - second) % buckets]
            for first, second in zip(tokens, tokens[1:], strict=False)
        ]
    return np.mean(features or [np.zeros(6)], axis=0) @ logits + bias


@pytest.mark.parametrize("buckets, multiplier", [(0, 0), (7, 3), (100, 61)])
def test_equals_the_papers_network_written_out(buckets, multiplier):
    model = made(bigrams=buckets)
    expected = np.stack([reference(model, text, buckets, multiplier) for text in TEXTS])
    np.testing.assert_allclose(model.predict(TEXTS, verbose=0), expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("bigrams", [0, 100])
def test_more_padding_changes_nothing(bigrams):
    model, longer = made(bigrams=bigrams), made(9, bigrams=bigrams)
    np.testing.assert_allclose(
        longer.predict(np.pad(TEXTS, ((0, 0), (0, 4))), verbose=0),
        model.predict(TEXTS, verbose=0),
        atol=1e-6,
    )


def test_pairs_know_the_order_and_the_bag_does_not():
    texts, turned = np.array([[4, 9, 2]]), np.array([[9, 4, 2]])
    for bigrams in (0, 100):
        model = made(3, bigrams=bigrams)
        given = [model.predict(each, verbose=0) for each in (texts, turned)]
        assert np.allclose(*given, atol=1e-6) == (not bigrams)


@pytest.mark.parametrize("vocabulary_size", [10, 30_522, 250_000, 500_000_000])
@pytest.mark.parametrize("buckets", [1, 7, 100_000, 2**20, 2**31 - 1])
def test_the_hash_stays_within_32_bits(vocabulary_size, buckets):
    multiplier = _multiplier(vocabulary_size, buckets)
    assert multiplier % 2 == 1
    assert 1 <= multiplier and (vocabulary_size - 1) * multiplier < 2**31


def test_pairs_spread_over_the_buckets():
    # Frequent words have near ids; an even hash fills 1 - 1/e of as many buckets as pairs.
    first, second = np.mgrid[1:301, 1:301]
    hashed = (first * _multiplier(30_522, 90_000) - second) % 90_000
    assert len(np.unique(hashed)) > 0.63 * 90_000


def test_one_token_has_no_pairs():
    model = made(1, bigrams=100)
    assert [w.path for w in model.weights][0] == "embedding/embeddings"
    assert len(model.weights) == 3


def test_sizes_and_names():
    model = made(bigrams=100, dropout=0.1)
    assert model.count_params() == 10 * 6 + 100 * 6 + (6 + 1) * 3
    assert model.get_layer("bigram_embedding").input_dim == 100
    assert model.get_layer("dropout").rate == 0.1


def test_saved_and_loaded(tmp_path):
    model = made(bigrams=100)
    model.save(tmp_path / "x.keras")
    loaded = keras.models.load_model(tmp_path / "x.keras")
    np.testing.assert_array_equal(loaded.predict(TEXTS, verbose=0), model.predict(TEXTS, verbose=0))


@pytest.mark.slow
@pytest.mark.parametrize("recipe", ["float32", "dynamic_range"])
def test_the_file_says_what_the_text_model_says(recipe, tmp_path):
    # Ids at the end of the vocabulary: the product comes near the end of 32 bits.
    model = made(vocabulary_size=30_522, bigrams=100_000)
    texts = TEXTS + 30_510 * (TEXTS > 0)
    artefact = to_tflite(model, tmp_path / "x.tflite", recipe, samples=texts)
    np.testing.assert_allclose(
        load(artefact).predict(texts),
        model.predict(texts, verbose=0),
        atol=1e-5 if recipe == "float32" else 0.2,
    )


def test_wrong_arguments():
    sentence = "^`bigrams` must be a whole number of at least 0. Received: bigrams=-1.$"
    with pytest.raises(ValueError, match=sentence):
        made(bigrams=-1)
    sentence = (
        "^`bigrams` hashes pairs of ids in 32 bits, which takes a `vocabulary_size` of at most "
        "715,827,882. Received: vocabulary_size=1,000,000,000.$"
    )
    with pytest.raises(ValueError, match=sentence):
        _multiplier(1_000_000_000, 100)
    with pytest.raises(ValueError, match=r"^`dropout` is .* Received: dropout=1.5.$"):
        made(dropout=1.5)

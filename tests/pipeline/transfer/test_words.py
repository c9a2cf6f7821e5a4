"""The vocabulary of models without a tokenizer: of the training texts alone, and kept."""

import numpy as np

from keras_distill.pipeline import TransferConfiguration
from keras_distill.pipeline.transfer import words


def test_the_layer_is_the_one_that_was_adapted(trained):
    layer = words.layer(trained)
    known = layer.get_vocabulary()
    assert known[:2] == ["", "[UNK]"]
    assert trained.records["words"]["results"] == {"words": len(known) - 2}
    ids = np.asarray(layer(["the film is unheardof"]))
    assert ids.shape == (1, 10)
    assert [known[i] for i in ids[0]] == ["the", "film", "is", "[UNK]"] + [""] * 6


def test_words_of_validation_and_test_are_not_in_it(trained):
    texts = [t.decode() for x, _ in trained.splits.train for t in x.numpy()]
    seen = {word for text in texts for word in text.split()}
    assert set(words.layer(trained).get_vocabulary()[2:]) <= seen


def test_models_with_tokenizers_of_their_own_need_none():
    configuration = TransferConfiguration(teachers=[{"preset": "x"}], student={"layers": [0]})
    assert not words.wanted(configuration)
    assert words.wanted(TransferConfiguration())

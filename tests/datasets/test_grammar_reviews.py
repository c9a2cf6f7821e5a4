import hashlib
import re

import keras
import numpy as np
import pytest

import keras_distill as kd
from keras_distill.datasets.grammar_reviews import COMMON, RARE, grammar_reviews


@pytest.fixture(scope="module")
def parts():
    made, names = grammar_reviews()
    assert names == ("negative", "positive")
    return {split: ([text.decode() for text in x], y) for split, (x, y) in made.items()}


def words_of(texts):
    return {word for text in texts for word in re.findall(r"[a-z]+", text.lower())}


def test_sizes_and_balance(parts):
    assert {s: np.bincount(y).tolist() for s, (_, y) in parts.items()} == {
        "train": [1500, 1500],
        "validation": [300, 300],
        "test": [300, 300],
    }
    texts = [text for x, _ in parts.values() for text in x]
    assert len(set(texts)) == len(texts) == 4200


def test_always_the_same(parts):
    digest = hashlib.sha256()
    for texts, labels in parts.values():
        digest.update("\n".join(texts).encode() + bytes(labels.tolist()))
    assert digest.hexdigest() == "aa0aab5928b50004087cc3a9d1e5fb1cc2fc8142422fda7afb92a2c7d899a270"


def test_words_that_training_does_not_have(parts):
    train, test = (words_of(parts[split][0]) for split in ("train", "test"))
    unseen = test - train
    adverbs = {adverb for table in (COMMON, RARE) for side in (0, 1) for _, adverb in table[side]}
    assert unseen == adverbs - train and 20 < len(unseen)
    # Their adjectives are known.
    adjectives = {adj for table in (COMMON, RARE) for side in (0, 1) for adj, _ in table[side]}
    assert adjectives <= train
    share = np.mean([bool(words_of([text]) & unseen) for text in parts["test"][0]])
    assert 0.15 < share < 0.3


def test_rare_adjectives_stand_alone_in_test_only(parts):
    common = "|".join(adjective for side in (0, 1) for adjective, _ in COMMON[side])
    for adjective in (pair[0] for side in (0, 1) for pair in RARE[side]):
        beside = re.compile(rf"\b({common}) and {adjective}\b|\b{adjective} and ({common})\b")
        for text in parts["train"][0]:
            assert (adjective in text) <= bool(beside.search(text))


def test_classes_by_the_grammars_own_rules(parts):
    """An independent reader: takes a text apart and says what its deciding clauses say."""
    polarity = {
        word: side
        for table in (COMMON, RARE)
        for side in (0, 1)
        for pair in table[side]
        for word in pair
    }
    negations = r"\b((?<!if )not|hardly|never|far from|anything but|by no means|scarcely)\b"

    def said(clause):
        found = [polarity[word] for word in re.findall(r"[a-z]+", clause) if word in polarity]
        assert found and len(set(found)) == 1, clause
        return found[0] ^ bool(re.search(negations, clause))

    for texts, labels in parts.values():
        for text, label in zip(texts, labels, strict=True):
            sentences = [each for each in text.lower().split(". ") if not re.search(
                r"called it|promised|warned me|had expected|said to be|last film|we saw|runs for|"
                r"the hall|sat in row|shown on|there were", each)]  # fmt: skip
            for each in sentences:
                each = each.rstrip(".")
                before = re.match(r"(although|while|for all that) .*?, (.*)", each)
                after = re.match(r"(.*?), (although|even if|though) ", each)
                middle = re.match(r".*?(, but|, yet|; still,) (.*)", each)
                deciding = (before and before[2]) or (after and after[1]) or (middle and middle[2])
                for clause in re.split(r", and |; what is more, |, just as ", deciding or each):
                    assert said(clause) == label, text


@pytest.mark.slow
def test_an_lstm_reads_what_a_bag_of_words_cannot():
    """The figures of the docstring of `load`, with some room."""
    data = kd.datasets.load("grammar_reviews", batch_size=32)
    layer = keras.layers.TextVectorization(output_sequence_length=32)
    layer.adapt(data.train.map(lambda texts, labels: texts))
    tokens = kd.datasets.tokenized(data, layer, verbose=False)
    typos = kd.corruptions.corrupt_dataset(data.test, kd.corruptions.get("keyboard", severity=3))
    typos = kd.datasets.tokenized(typos, layer, verbose=False)
    reads = {
        "bag": keras.layers.GlobalAveragePooling1D(),
        "lstm": keras.layers.Bidirectional(keras.layers.LSTM(32)),
    }
    accuracy = {}
    for name, reader in reads.items():
        keras.utils.set_random_seed(0)
        model = keras.Sequential(
            [keras.layers.Embedding(300, 32, mask_zero=True), reader, keras.layers.Dense(2)]
        )
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile(keras.optimizers.Adam(4e-3), loss, metrics=["accuracy"])
        model.fit(tokens.train, epochs=5, verbose=0, shuffle=False)
        for kind, test in {"clean": tokens.test, "typos": typos}.items():
            accuracy[name, kind] = model.evaluate(test, verbose=0)[1]
    assert 0.6 < accuracy["bag", "clean"] < 0.8
    assert 0.85 < accuracy["lstm", "clean"] < 0.97
    assert accuracy["lstm", "typos"] < accuracy["lstm", "clean"] - 0.1

import re

import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_distill as kd
from keras_distill.datasets import Splits, Truncation, tokenized
from keras_distill.datasets.batches import in_order, shuffled

WORDS = [f"w{i}" for i in range(12)]
# The first word of each text is its number; some texts are long, one is empty.
TEXTS = np.array([" ".join(WORDS[i : i + 1 + i % 4]).encode() for i in range(12)], object)
TEXTS[5] = b""
LABELS = np.arange(12) % 2


def vectorization(length=2):
    return keras.layers.TextVectorization(vocabulary=WORDS, output_sequence_length=length)


@pytest.fixture
def data():
    train = shuffled(TEXTS, LABELS, 5, None, seed=3)
    held = [in_order(TEXTS[:4], LABELS[:4], 4), in_order(TEXTS[4:], LABELS[4:], 4)]
    sizes = {"train": 12, "validation": 4, "test": 8}
    return Splits(train, *held, "words", ("even", "odd"), (), sizes)


def passes(dataset, number=2):
    return [[(x.numpy().tolist(), y.numpy().tolist()) for x, y in dataset] for _ in range(number)]


def test_tokens_are_those_of_the_preprocessor_in_the_order_of_the_texts(data):
    made = tokenized(data, vectorization(), verbose=False)
    assert (made.name, made.class_names, made.sizes) == ("words", ("even", "odd"), data.sizes)
    assert made.input_shape == (2,)
    layer = vectorization()
    for split, texts in zip(made, data, strict=True):
        expected = [(layer(x).numpy().tolist(), y.numpy().tolist()) for x, y in texts]
        if texts is data.train:
            texts.epoch.assign(0)
        ((received),) = passes(split, 1)
        assert received == expected
    assert next(iter(made.test))[0].dtype == tf.int32


def test_epoch_and_numbers_are_handed_on(data):
    made = tokenized(data, vectorization(), verbose=False)
    assert int(made.train.epoch.numpy()) == 0
    first, second = passes(made.train)
    assert first != second
    made.train.epoch.assign(1)
    assert passes(made.train, 1) == [second]
    kd.datasets.SetEpoch(made.train)
    ids, tokens, labels = next(iter(made.train.numbered))
    assert tokens.numpy().tolist() == vectorization()(TEXTS[ids.numpy()]).numpy().tolist()
    assert labels.numpy().tolist() == LABELS[ids.numpy()].tolist()
    assert len(made.train) == 3


def test_each_model_has_its_own_tokens_and_its_own_count(data, capsys):
    lengths = {"teacher": vectorization(3), "student": vectorization(2)}
    made = tokenized(data, letters=lambda texts: np.array([len(t) for t in texts]), **lengths)
    assert made.input_shape == {"teacher": (3,), "student": (2,), "letters": ()}
    tokens, _ = next(iter(made.test))
    assert tokens["letters"].numpy().tolist() == [len(text) for text in TEXTS[4:8]]
    assert tokens["student"].numpy().tolist() == tokens["teacher"][:, :2].numpy().tolist()
    # Words of each: 1, 2, 3, 4, 1, none, 3, 4, 1, 2, 2, 1.
    assert made.train.truncation == {
        "teacher": Truncation(12, 3, 2, 24, 2, 1),
        "student": Truncation(12, 2, 4, 24, 6, 1),
        "letters": Truncation(12, None, None, None, None, 1),
    }
    assert made.validation.truncation["student"] == Truncation(4, 2, 2, 10, 3, 0)
    assert made.truncation["student"] == Truncation(24, 2, 8, 48, 12, 2)
    assert capsys.readouterr().out == (
        "letters: How many of 24 texts were cut is not known of a function; 2 are empty.\n"
        "teacher: 4 of 24 texts (16.7 %) are longer than 3 tokens and were cut (8.3 % of all "
        "tokens); 2 are empty.\n"
        "student: 8 of 24 texts (33.3 %) are longer than 2 tokens and were cut (25.0 % of all "
        "tokens); 2 are empty.\n"
    )


def test_one_preprocessor_prints_one_sentence(data, capsys):
    made = tokenized(data.validation, vectorization(4))
    assert made.truncation == Truncation(4, 4, 0, 10, 0, 0)
    assert capsys.readouterr().out == "Texts: None of 4 texts is longer than 4 tokens.\n"
    tokenized(data.validation, vectorization(1), verbose=False)
    tokenized(data.validation, lambda texts: np.zeros(len(texts)))
    assert capsys.readouterr().out == ""


def test_data_sets_of_ones_own_keep_their_shape_and_order():
    weights = np.arange(12.0, dtype="float32")
    plain = tf.data.Dataset.from_tensor_slices((TEXTS.tolist(), LABELS, weights))
    mixed = plain.shuffle(12, seed=1).batch(5)
    made = tokenized(mixed, vectorization(), verbose=False)
    for _ in range(2):
        rows = np.concatenate([np.c_[x, w] for x, _, w in made])
        expected = np.c_[vectorization()(TEXTS), weights]
        np.testing.assert_array_equal(rows[rows[:, 2].argsort()], expected)
    alone = tf.data.Dataset.from_tensor_slices(TEXTS.tolist()).batch(5)
    assert next(iter(tokenized(alone, vectorization(), verbose=False))).shape == (5, 2)


def test_preprocessor_runs_once_not_in_every_epoch(data):
    calls = []

    def count(texts):
        calls.append(len(texts))
        return np.array([len(text) for text in texts])

    made = tokenized(data, count, verbose=False)
    for split in made:
        passes(split)
    assert calls == [12]


def tiny(name):
    return keras.Sequential(
        [
            keras.Input((2,), dtype="int32"),
            keras.layers.Embedding(20, 4),
            keras.layers.Flatten(),
            keras.layers.Dense(2),
        ],
        name=name,
    )


def test_outputs_of_a_teacher_are_found_by_the_tokens(data, tmp_path):
    train = tokenized(data, vectorization(), verbose=False).train
    teacher = tiny("teacher")
    kd.teachers.precompute(teacher, train, tmp_path / "outputs", dtype="float32", verbose=False)
    attached = kd.teachers.attach(train, tmp_path / "outputs")
    distiller = kd.Distiller(attached.teacher, tiny("student"))
    distiller.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    running = kd.Distiller(teacher, keras.models.clone_model(distiller.student))
    running.student.set_weights(distiller.student.get_weights())
    running.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    stored = distiller.fit(attached, epochs=2, verbose=0, shuffle=False)
    live = running.fit(train, epochs=2, verbose=0, shuffle=False)
    np.testing.assert_allclose(stored.history["loss"], live.history["loss"], rtol=1e-5)


def test_outputs_of_a_teacher_are_found_by_the_texts(data, tmp_path):
    layer = vectorization()
    texts = keras.Input((), dtype="string")
    teacher = keras.Model(texts, tiny("tokens")(layer(texts)))
    kd.teachers.precompute(
        teacher, data.train, tmp_path / "outputs", dtype="float32", verbose=False
    )
    attached = kd.teachers.attach(data.train, tmp_path / "outputs")
    x, _ = next(iter(attached))
    assert x["keras_distill_inputs"].dtype == tf.string


def test_teacher_and_student_with_tokens_of_their_own(data, tmp_path):
    both = tokenized(data, verbose=False, teacher=vectorization(2), student=vectorization(2))
    kd.teachers.precompute(
        tiny("teacher"), both.train, tmp_path / "outputs", verbose=False, teacher_inputs="teacher"
    )
    attached = kd.teachers.attach(both.train, tmp_path / "outputs")
    distiller = kd.Distiller(attached.teacher, tiny("student"), student_inputs="student")
    distiller.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    history = distiller.fit(
        attached, validation_data=both.validation, epochs=1, verbose=0, shuffle=False
    )
    assert np.isfinite(history.history["loss"][0])


def raises(sentence, error=ValueError):
    return pytest.raises(error, match="^" + re.escape(sentence) + "$")


def test_no_preprocessor_or_both_kinds(data):
    for given, arguments in (
        ("neither", {}),
        ("both", {"preprocessor": vectorization(), "student": vectorization()}),
    ):
        with raises(
            "Expected one preprocessor, or preprocessors by name (teacher=..., student=...). "
            f"Received: {given}."
        ):
            tokenized(data, **arguments)


@pytest.mark.parametrize(
    "wrong, received",
    [
        (
            lambda: tf.data.Dataset.from_tensor_slices(np.zeros((4, 3), "float32")).batch(2),
            "TensorSpec(shape=(None, 3), dtype=tf.float32, name=None)",
        ),
        (
            lambda: tf.data.Dataset.from_tensor_slices((["a", "b"], [0, 1])),
            "TensorSpec(shape=(), dtype=tf.string, name=None)",
        ),
        (lambda: ["a", "b"], "list"),
    ],
    ids=["images", "unbatched", "list"],
)
def test_other_data(wrong, received):
    with raises(
        "Expected a Splits or a tf.data.Dataset of batches of texts, strings `(batch,)`. "
        f"Received: {received}. Load texts with kd.datasets.load, or batch them."
    ):
        tokenized(wrong(), vectorization())


def test_data_without_end(data):
    with raises(
        "Expected texts that come to an end. Received: a data set that repeats for ever. Call "
        "`repeat` afterwards."
    ):
        tokenized(data.test.repeat(), vectorization())


def test_no_data():
    empty = tf.data.Dataset.from_tensor_slices(["a"]).batch(1).take(0)
    with raises("Expected at least one batch of texts. Received: an empty data set."):
        tokenized(empty, vectorization())


def test_texts_that_change():
    epoch = tf.Variable(0)
    changing = tf.data.Dataset.range(2).map(lambda i: tf.strings.as_string(epoch.assign_add(1)))
    made = tokenized(changing.batch(2), vectorization(), verbose=False)
    with pytest.raises(tf.errors.InvalidArgumentError, match="whose texts change from pass to"):
        list(made)

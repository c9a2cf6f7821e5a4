"""Teacher and student with tokenizers, lengths and class orders of their own."""

import re

import keras
import numpy as np
import pytest
from keras import layers

import keras_distill as kd

WORDS = np.array(["bad film", "a so so film", "good film"], object)
LOSS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


@pytest.fixture
def data():
    """Three sentences, as ids of two tokenizers: other ids, other lengths."""
    y = np.random.default_rng(0).integers(0, 3, 120)
    ids = {"teacher": [[5, 2, 0, 0], [1, 4, 4, 2], [3, 2, 0, 0]], "student": [[1], [2], [3]]}
    ids = {who: np.array(each, "int32")[y] for who, each in ids.items()}
    x = {who: {"token_ids": each, "padding_mask": each != 0} for who, each in ids.items()}
    return x, y


def model(width, tokens, name, seed):
    keras.utils.set_random_seed(seed)
    inputs = {
        "token_ids": keras.Input((tokens,), dtype="int32", name="token_ids"),
        "padding_mask": keras.Input((tokens,), dtype="bool", name="padding_mask"),
    }
    x = layers.Embedding(9, width, name="embedding")(inputs["token_ids"])
    x = x * keras.ops.cast(inputs["padding_mask"], "float32")[..., None]
    x = layers.Dense(width, "relu", name="states")(x)
    x = layers.Dropout(0.2, seed=1)(layers.GlobalAveragePooling1D()(x))
    return keras.Model(inputs, layers.Dense(3, name="head")(x), name=name)


def distiller_of():
    made = kd.Distiller(
        model(8, 4, "big", 0),
        model(4, 1, "small", 1),
        [
            kd.losses.SoftTargets(),
            kd.losses.HiddenStates({"states": "states"}, tokens="first", seed=0),
        ],
        teacher_inputs="teacher",
        student_inputs="student",
    )
    made.compile("adam", LOSS, metrics=["accuracy"])
    return made


def test_each_is_fed_its_own_through_fit_evaluate_save_and_resume(data, tmp_path):
    x, y = data
    arguments = {"batch_size": 40, "verbose": 0, "shuffle": False, "check_teacher": False}
    whole = distiller_of()
    history = whole.fit(x, y, epochs=2, **arguments).history
    assert {"soft_targets_loss", "hidden_states_loss"} < set(history)
    half = distiller_of()
    half.fit(x, y, epochs=1, **arguments)
    half.save(tmp_path / "half.keras")
    resumed = keras.models.load_model(tmp_path / "half.keras")
    resumed.fit(x, y, epochs=2, initial_epoch=1, **arguments)
    for one, other in zip(whole.variables, resumed.variables, strict=True):
        np.testing.assert_array_equal(one, other)
    wanted = whole.evaluate(x, y, verbose=0, return_dict=True, distillation=True)
    made = resumed.evaluate(x, y, verbose=0, return_dict=True, distillation=True)
    assert made == pytest.approx(wanted, rel=1e-6)
    np.testing.assert_array_equal(resumed.teacher(x["teacher"]), whole.teacher(x["teacher"]))
    np.testing.assert_array_equal(
        whole.predict(x, verbose=0), whole.student.predict(x["student"], verbose=0)
    )


def reordered(distiller, x, y):
    """Teaches the teacher the classes in another order: data class i is its class (i + 1) % 3."""
    fed = distiller.fed_to_teacher(x)
    teacher = distiller.teacher
    teacher.compile(keras.optimizers.Adam(0.05), LOSS)
    teacher.fit(fed, (y + 1) % 3, epochs=20, verbose=0)
    with pytest.raises(ValueError, match="its outputs are read in another class order") as error:
        distiller.fit(x, y, verbose=0)
    assert "kd.teachers.adapt(teacher, class_map=[1, 2, 0])" in str(error.value)
    return kd.teachers.adapt(teacher, class_map=[1, 2, 0])


def test_a_wrong_class_order_is_found_behind_dicts_of_ids(data):
    x, y = data
    mended = reordered(distiller_of(), x, y)
    distiller = kd.Distiller(
        mended, model(4, 1, "small", 1), teacher_inputs="teacher", student_inputs="student"
    )
    distiller.compile("adam", LOSS)
    distiller.fit(x, y, verbose=0)


def reads_text(width, seed):
    keras.utils.set_random_seed(seed)
    words = layers.TextVectorization(20, output_sequence_length=4)
    words.adapt(list(WORDS))
    inputs = keras.Input((), dtype="string")
    x = layers.Embedding(20, width, name="embedding")(words(inputs))
    return keras.Model(inputs, layers.Dense(3)(layers.GlobalAveragePooling1D()(x)))


def test_a_wrong_class_order_is_found_behind_texts(data, tmp_path):
    if keras.backend.backend() != "tensorflow":
        pytest.skip("Only TensorFlow has tensors of text.")
    _, y = data
    x = WORDS[y]
    distiller = kd.Distiller(reads_text(8, 0), reads_text(4, 1))
    distiller.compile("adam", LOSS)
    mended = reordered(distiller, x, y)
    distiller = kd.Distiller(mended, reads_text(4, 1))
    distiller.compile("adam", LOSS)
    distiller.fit(x, y, verbose=0)
    # The teacher's vocabulary is no weight, and is saved all the same.
    distiller.save(tmp_path / "texts.keras")
    loaded = keras.models.load_model(tmp_path / "texts.keras")
    np.testing.assert_array_equal(loaded.teacher(x), distiller.teacher(x))


def test_batches_of_other_lengths_are_looked_at_up_to_the_first_of_them(data):
    _, y = data
    student = keras.Sequential(
        [keras.Input((None,), dtype="int32"), layers.Embedding(9, 4),
         layers.GlobalAveragePooling1D(), layers.Dense(3)]
    )  # fmt: skip

    class Batches(keras.utils.PyDataset):
        num_batches = 4

        def __getitem__(self, index):
            return np.ones((30, 2 + index % 2), "int32"), y[index * 30 : index * 30 + 30]

    from keras_distill.distillation.first_look import first_examples

    x, labels = first_examples(Batches())
    assert x.shape == (30, 2) and len(labels) == 30
    distiller = kd.Distiller(keras.models.clone_model(student), student)
    distiller.compile("adam", LOSS)
    distiller.fit(Batches(), verbose=0)


def test_a_layer_map_that_names_no_layer():
    sentence = "The student 'small' has no layer at the path 'state'. Nearest: 'states'."
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        kd.Distiller(
            model(8, 4, "big", 0), model(4, 4, "small", 1),
            kd.losses.HiddenStates({"states": "state"}),
        )  # fmt: skip

import re

import keras
import numpy as np
import pytest
from keras import layers

import keras_distill as kd
from keras_distill.models import fewer_layers

TEXTS = ["the film was good", "bad . very boring", ""]


class Row(keras.Model):
    """What of a KerasHub backbone `fewer_layers` looks at, in Dense layers."""

    def __init__(self, num_layers, widths=(2, 2), **kwargs):
        inputs = keras.Input((2,))
        rows = [
            layers.Dense(2, activation="tanh" if i % 2 and widths[0] > 2 else None,
                         name=f"transformer_layer_{i}")
            for i in range(num_layers)
        ]  # fmt: skip
        x = layers.Dense(2, name="embedding")(inputs)
        for row in rows:
            x = row(x)
        super().__init__(inputs, x, **kwargs)
        self.transformer_layers, self.num_layers, self.widths = rows, num_layers, widths

    @classmethod
    def from_config(cls, config):
        return cls(**config)

    def get_config(self):
        return {"num_layers": self.num_layers, "widths": self.widths, "name": self.name}


def refused(sentence, *args):
    with pytest.raises(ValueError, match="^" + re.escape(sentence) + "$"):
        fewer_layers(*args)


def test_the_chosen_ones_in_the_given_order():
    teacher = Row(4)
    student = fewer_layers(teacher, [3, 1])
    x = np.ones((1, 2), "float32")
    embedding, *rows = teacher.layers[1:]
    np.testing.assert_array_equal(student(x), rows[1](rows[3](embedding(x))))
    np.testing.assert_array_equal(fewer_layers(teacher, range(4))(x), teacher(x))
    np.testing.assert_array_equal(fewer_layers(teacher, 2)(x), rows[2](embedding(x)))
    assert student.num_layers == 2


@pytest.mark.parametrize("chosen", [[0, 4], [-1], [], [1.0], [True]])
def test_layers_that_there_are_not(chosen):
    refused(
        "`layers` takes numbers of the teacher's layers, from 0 to 3, at least one. "
        f"Received: layers={chosen}.",
        Row(4), chosen,
    )  # fmt: skip


def test_models_without_a_row_of_alike_layers():
    refused(
        "`fewer_layers` takes a KerasHub task or backbone with a row of `transformer_layers`, "
        "such as BertTextClassifier. Received: Sequential. Build the student yourself and hand it "
        "to kd.Distiller.",
        keras.Sequential(), [0],
    )  # fmt: skip
    uneven = Row(4, (3, 2))
    assert fewer_layers(uneven, [0, 3]).num_layers == 2
    refused(
        "`fewer_layers` takes a teacher whose transformer layers are alike. Received: Row, whose "
        "layer 'transformer_layer_2' is built otherwise than one at the place of "
        "'transformer_layer_1'. Build the student yourself and hand it to kd.Distiller.",
        uneven, [0, 2],
    )  # fmt: skip


@pytest.mark.slow
def test_students_of_a_bert_classifier(tiny_bert, tmp_path):
    teacher = tiny_bert()
    fed = {key: np.array(value) for key, value in teacher.preprocessor(TEXTS).items()}
    same = fewer_layers(teacher, [0, 1, 2, 3])
    np.testing.assert_array_equal(same(fed), teacher(fed))

    student = fewer_layers(teacher, [0, 2])
    layer = teacher.backbone.get_layer
    x = layer("token_embedding")(fed["token_ids"])
    x = x + layer("position_embedding")(x) + layer("segment_embedding")(fed["segment_ids"])
    x = layer("embeddings_layer_norm")(x)
    for name in ("transformer_layer_0", "transformer_layer_2"):
        x = layer(name)(x, padding_mask=fed["padding_mask"])
    expected = teacher.get_layer("logits")(layer("pooled_dense")(x[:, 0]))
    np.testing.assert_allclose(student(fed), expected, atol=1e-6)

    assert type(student) is type(teacher) and student.preprocessor is teacher.preprocessor
    student.save(tmp_path / "x.keras")
    loaded = keras.models.load_model(tmp_path / "x.keras", compile=False)
    np.testing.assert_array_equal(
        loaded.predict(TEXTS, verbose=0), student.predict(TEXTS, verbose=0)
    )


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["Roberta", "DistilBert", "XLMRoberta", "DebertaV3", "FNet"])
def test_students_of_other_classifiers(kind):
    import keras_hub

    keras.utils.set_random_seed(0)
    heads = {} if kind == "FNet" else {"num_heads": 2}
    backbone = getattr(keras_hub.models, f"{kind}Backbone")(
        vocabulary_size=10, num_layers=3, hidden_dim=4, intermediate_dim=6,
        max_sequence_length=6, **heads,
    )  # fmt: skip
    teacher = getattr(keras_hub.models, f"{kind}TextClassifier")(backbone, num_classes=3)
    fed = {key: np.ones((2, 6), np.int32) for key in teacher.input}
    same = fewer_layers(teacher, [0, 1, 2])
    np.testing.assert_array_equal(same.predict_on_batch(fed), teacher.predict_on_batch(fed))
    assert fewer_layers(teacher, [0, 2]).backbone.num_layers == 2


@pytest.mark.slow
def test_a_causal_language_model():
    import keras_hub

    backbone = keras_hub.models.GPT2Backbone(10, 3, 2, 4, 6, max_sequence_length=6)
    teacher = keras_hub.models.GPT2CausalLM(backbone)
    fed = {"token_ids": np.array([[1, 5, 7, 2]]), "padding_mask": np.ones((1, 4), np.int32)}
    same = fewer_layers(teacher, [0, 1, 2])
    np.testing.assert_array_equal(same.predict_on_batch(fed), teacher.predict_on_batch(fed))
    assert type(fewer_layers(teacher, [1])) is keras_hub.models.GPT2CausalLM


@pytest.mark.slow
def test_keras_nlp_is_served_the_same(tiny_bert):
    import keras_nlp

    teacher = tiny_bert(hub=keras_nlp)
    student = fewer_layers(teacher, [0, 2])
    assert isinstance(student, keras_nlp.models.BertTextClassifier)
    fed = {key: np.array(value) for key, value in teacher.preprocessor(TEXTS).items()}
    before = [np.array(w) for w in student.weights]
    distiller = kd.Distiller(teacher, student)
    distiller.compile("adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    distiller.fit(fed, np.array([0, 1, 2]), verbose=0)
    assert any((np.array(w) != old).any() for w, old in zip(student.weights, before, strict=True))

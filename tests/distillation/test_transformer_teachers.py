"""Losses for transformers under `fit`, with a teacher that runs and one that is stored."""

import keras
import numpy as np
import pytest
from keras import layers

import keras_distill as kd

MAP = {"block_0/attention": "block_0/attention", "block_1/attention": "block_0/attention"}


@keras.saving.register_keras_serializable(package="tests")
class Block(layers.Layer):
    """Attention and what it adds to, as a layer of layers: KerasHub's are nested like this."""

    def __init__(self, width, **kwargs):
        super().__init__(**kwargs)
        self.width = width
        self.attention = layers.MultiHeadAttention(2, width // 2, name="attention")
        self.norm = layers.LayerNormalization(name="norm")

    def build(self, input_shape):
        self.attention.build(input_shape, input_shape)
        self.norm.build(input_shape)

    def call(self, x):
        return self.norm(x + self.attention(x, x))

    def get_config(self):
        return {**super().get_config(), "width": self.width}


def model(blocks, width, seed):
    keras.utils.set_random_seed(seed)
    inputs = keras.Input((5,), dtype="int32")
    x = layers.Embedding(9, width, name="embedding")(inputs)
    for i in range(blocks):
        x = Block(width, name=f"block_{i}")(x)
    return keras.Model(inputs, layers.Dense(3, name="head")(layers.GlobalAveragePooling1D()(x)))


class Batches(keras.utils.PyDataset):
    num_batches = 2

    def __getitem__(self, index):
        rng = np.random.default_rng(index)
        return rng.integers(1, 9, (8, 5)).astype("int32"), rng.integers(0, 3, 8)


def losses():
    return [
        kd.losses.HiddenStates({"embedding": "embedding", "block_1": "block_0"}, seed=0),
        kd.losses.AttentionMaps(MAP),
        kd.losses.ValueRelations("block_1/attention", "block_0/attention"),
    ]


def test_a_stored_teacher_teaches_what_a_running_one_does(tmp_path):
    teacher = model(2, 8, 0)
    paths = list(dict.fromkeys(path for each in losses() for path in each.teacher_layer_name))
    stored = kd.teachers.precompute(
        teacher, Batches(), tmp_path / "outputs", features=paths, verbose=False
    )
    made = []
    for given, data in (
        (teacher, Batches()),
        (stored, kd.teachers.attach(Batches(), tmp_path / "outputs")),
    ):
        student = model(1, 4, 1)
        distiller = kd.Distiller(given, student, losses())
        # KerasHub's models, among the slow tests, are compiled. JAX is slower eagerly.
        eager = keras.backend.backend() != "jax"
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        distiller.compile(keras.optimizers.Adam(5e-2), loss, run_eagerly=eager)
        made.append(distiller.fit(data, epochs=2, verbose=0, check_teacher=False).history)
    terms = {"hidden_states_loss", "attention_maps_loss", "value_relations_loss"}
    assert terms < set(made[0])
    for name in terms:
        assert made[1][name] == pytest.approx(made[0][name], rel=2e-3)
    assert made[0]["hidden_states_loss"][1] < made[0]["hidden_states_loss"][0]
    # Projections stay in the Distiller.
    assert student.count_params() == model(1, 4, 1).count_params()

"""Padding moves no term and no gradient, whoever knows where it is."""

import keras
import numpy as np
import pytest
from keras import layers

from keras_distill import losses
from keras_distill.distillation import Distiller
from keras_distill.distillation.padding_mask import padding_mask

CLASSES, IDS = 4, 20
LENGTHS = np.array([3, 5, 1, 4])


@keras.saving.register_keras_serializable(package="tests")
class Padded(keras.Model):
    """Takes ids and their mask, puts out scores without a mask, as KerasHub's models do."""

    def __init__(self, width, heads=2, causal=False, tagger=True, **kwargs):
        super().__init__(**kwargs)
        self.embedding = layers.Embedding(IDS, width, name="embedding")
        self.attention = layers.MultiHeadAttention(heads, width // heads, name="attention")
        self.norm = layers.LayerNormalization(name="norm")
        self.head = layers.Dense(CLASSES, name="head")
        self.causal, self.tagger = causal, tagger

    def build(self, input_shape):
        shape = (None, None, self.embedding.output_dim)
        self.attention.build(shape, shape)
        self.norm.build(shape)

    def call(self, inputs):
        x = self.embedding(inputs["token_ids"])
        seen = keras.ops.cast(inputs["padding_mask"], "bool")[:, None, :]
        attended = self.attention(x, x, attention_mask=seen, use_causal_mask=self.causal)
        x = self.norm(x + attended)
        return self.head(x if self.tagger else x[:, 0])


def made(width, seed, **arguments):
    keras.utils.set_random_seed(seed)
    model = Padded(width, name=f"model_{width}", **arguments)
    model(batch(3))
    return model


def batch(extra, garbage=0):
    """Sentences of 1 to 5 ids, padded with `extra` positions of whatever."""
    rng, tokens = np.random.default_rng(0), LENGTHS.max() + extra
    ids = rng.integers(1, IDS, (len(LENGTHS), LENGTHS.max()))
    ids = np.pad(ids, ((0, 0), (0, extra)))
    real = np.arange(tokens) < LENGTHS[:, None]
    return {
        "token_ids": np.where(real, ids, garbage).astype("int32"),
        "padding_mask": real.astype("int32"),
    }


def every_loss():
    return [
        losses.SoftTargets(2.0, from_logits=True),
        losses.HardTeacherLabels(from_logits=True),
        losses.SequenceSoftTargets(from_logits=True),
        losses.DIST(from_logits=True),
        losses.HiddenStates({"embedding": "embedding", "norm": "norm"}, seed=0),
        losses.HiddenStates({"norm": "norm"}, True, True, "first", seed=0),
        losses.FeatureHint("norm", "norm", seed=0),
        losses.AttentionTransfer("norm", "norm"),
        losses.AttentionMaps({"attention": "attention"}),
        losses.ValueRelations("attention", "attention"),
        losses.ValueRelations("attention", "attention", relation_heads=4),
    ]


def one_step(loss, extra, garbage, sample_weight=None):
    """The terms, and all weights after one step of plain gradient descent."""
    distiller = Distiller(made(16, 1), made(8, 2), loss)
    # Many losses compile for long; `test_keras_own_mask…` is compiled. JAX is slower eagerly.
    eager = keras.backend.backend() != "jax"
    distiller.compile(keras.optimizers.SGD(0.5), run_eagerly=eager)
    x = batch(extra, garbage)
    y = None
    if sample_weight is not None:
        sample_weight = np.pad(sample_weight, ((0, 0), (0, extra)))
        # Labels that nothing compares, so that the weights are handed on.
        y = np.zeros(x["token_ids"].shape)
    logs = distiller.train_on_batch(x, y, sample_weight=sample_weight, return_dict=True)
    logs = {key: float(value) for key, value in logs.items()}
    return logs, [np.array(each) for each in distiller.trainable_variables]


def test_padding_moves_no_value_and_no_gradient():
    logs, weights = one_step(every_loss(), 0, 0)
    assert len(logs) == 12 and all(value > 0 for value in logs.values())
    longer, others = one_step(every_loss(), 6, 7)
    assert longer == pytest.approx(logs, rel=1e-5)
    for one, other in zip(weights, others, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)


def test_weights_of_tokens_as_keras_hubs_causal_preprocessors_give_them():
    # The last real token has nothing to predict.
    weight = (np.arange(LENGTHS.max()) < LENGTHS[:, None] - 1).astype("float32")
    (logs, weights), (longer, others) = (
        one_step([every_loss()[i] for i in (0, 2, 4, 5)], *padding, weight)
        for padding in ((0, 0), (6, 7))
    )
    assert longer == pytest.approx(logs, rel=1e-5)
    for one, other in zip(weights, others, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)


def soft_targets_by_hand():
    teacher, student = made(16, 1), made(8, 2)
    t, s = (np.array(model(batch(0)), "float64") for model in (teacher, student))
    log_p, log_q = (each - np.log(np.exp(each).sum(-1, keepdims=True)) for each in (t, s))
    return (np.exp(log_p) * (log_p - log_q)).sum(-1), batch(0)["padding_mask"]


def test_the_terms_worked_in_numpy():
    divergence, mask = soft_targets_by_hand()
    weight = mask * np.linspace(0.5, 2.0, 5)
    wanted = {
        (losses.SoftTargets, None): (divergence * mask).sum() / mask.sum(),
        (losses.SoftTargets, "weights"): (divergence * weight).sum() / mask.sum(),
        (losses.SequenceSoftTargets, None): (divergence * mask).sum() / 4,
        (losses.SequenceSoftTargets, "weights"): (divergence * weight).sum() / 4,
    }
    for (loss, weighted), value in wanted.items():
        given = None if weighted is None else weight.astype("float32")
        logs, _ = one_step(loss(1.0, from_logits=True), 3, 7, given)
        term = next(each for key, each in logs.items() if key != "loss")
        assert term == pytest.approx(value, rel=1e-4), (loss, weighted)


def test_a_weight_for_each_example_weighs_sequences():
    divergence, mask = soft_targets_by_hand()
    distiller = Distiller(made(16, 1), made(8, 2), losses.SequenceSoftTargets(from_logits=True))
    distiller.compile("sgd", run_eagerly=True)
    weight = np.array([1.0, 0.0, 2.0, 0.5], "float32")
    logs = distiller.train_on_batch(batch(0), np.zeros((4, 5)), weight, return_dict=True)
    wanted = ((divergence * mask).sum(-1) * weight).mean()
    assert float(logs["sequence_soft_targets_loss"]) == pytest.approx(wanted, rel=1e-4)


def masking(width, seed, tagger=True):
    """Keras's own masking: the embedding makes it, attention and pooling drop it."""
    keras.utils.set_random_seed(seed)
    inputs = keras.Input((None,), dtype="int32")
    x = layers.Embedding(IDS, width, mask_zero=True, name="embedding")(inputs)
    x = layers.MultiHeadAttention(2, width // 2, name="attention")(x, x)
    x = layers.LayerNormalization(name="norm")(x)
    x = x if tagger else layers.GlobalAveragePooling1D()(x)
    return keras.Model(inputs, layers.Dense(CLASSES, name="head")(x), name=f"masking_{width}")


def test_keras_own_mask_reaches_projections_that_carry_none():
    made, tagger = [], False
    for extra in (0, 6):
        student = masking(8, 2, tagger)
        distiller = Distiller(
            masking(16, 1, tagger), student,
            [losses.AttentionMaps({"attention": "attention"}),
             losses.HiddenStates({"embedding": "embedding"}, seed=0), losses.SoftTargets()],
        )  # fmt: skip
        distiller.compile(keras.optimizers.SGD(0.5))
        logs = distiller.train_on_batch(batch(extra)["token_ids"], return_dict=True)
        made.append(({k: float(v) for k, v in logs.items()}, student.get_weights()))
    assert made[1][0] == pytest.approx(made[0][0], rel=1e-5)
    for one, other in zip(made[0][1], made[1][1], strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)


def test_what_is_known_of_padding():
    ids, student = np.array([[3, 1, 0], [2, 0, 0]]), masking(8, 0)
    np.testing.assert_array_equal(padding_mask(ids, student), ids != 0)
    plain = keras.Sequential([keras.Input((3,)), layers.Embedding(9, 2)])
    assert padding_mask(ids, plain) is None
    assert padding_mask(ids.astype("float32"), student) is None
    assert padding_mask(ids[0], student) is None and padding_mask([ids], student) is None
    given = padding_mask({"token_ids": ids, "padding_mask": ids > 1}, plain)
    np.testing.assert_array_equal(given, ids > 1)
    assert padding_mask({"token_ids": ids}, student) is None

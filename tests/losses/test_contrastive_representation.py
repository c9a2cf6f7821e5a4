"""ContrastiveRepresentation against the paper's estimate in float64; its memory."""

import re

import keras
import numpy as np
import pytest
from keras import ops

from keras_distill.losses import ContrastiveRepresentation
from keras_distill.losses.contrastive_representation import batch_contrast, noise_contrast


def unit(x):
    return x / np.linalg.norm(x, axis=-1, keepdims=True)


def draws(batch=4, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(batch, 6)).astype("float32"), rng.normal(size=(batch, 5)).astype(
        "float32"
    )


def projected(loss, *features):
    made = []
    for projection, each in zip(loss._projections, features, strict=True):
        kernel, bias = (np.array(each, "float64") for each in projection.weights)
        made.append(unit(each.reshape(len(each), -1).astype("float64") @ kernel + bias))
    return made


def kept(loss):
    return loss._bank.teacher, loss._bank.student


def with_bank(**kwargs):
    return ContrastiveRepresentation(
        "a", "b", **{"examples": 9, "negatives": 5, "dimension": 3, "temperature": 0.5, **kwargs}
    )


def exact_nce(scores, cardinality, constant):
    """The paper's Eq. 18 term: h = P / (P + N / M), P = exp(score) / Z, Z = constant · M."""
    n = scores.shape[1] - 1
    p = np.exp(scores) / (constant * cardinality)
    h = p / (p + n / cardinality)
    return -np.log(h[:, 0]) - np.log(1 - h[:, 1:]).sum(1)


def test_bank_gives_the_papers_value_and_then_remembers():
    loss, ids = with_bank(seed=3), np.array([7, 0, 2, 8])
    t, s = draws()
    loss.build(t.shape, s.shape)
    constants = None
    for step in (0, 1):
        banks = [np.array(each, "float64") for each in kept(loss)]
        values = np.array(loss(t, s, step=step, sample_ids=ids, training=True))
        others = np.array(loss._bank.others(ops.convert_to_tensor(ids, "int32"), 5, step))
        assert others.shape == (4, 5) and others.min() >= 0 and others.max() <= 8
        assert not (others == ids[:, None]).any()
        rows = np.concatenate([ids[:, None], others], 1)
        teacher, student = projected(loss, t, s)
        scores = [
            np.einsum("bd,bkd->bk", own, bank[rows]) / 0.5
            for own, bank in ((student, banks[0]), (teacher, banks[1]))
        ]
        # Estimated once, from the first batch.
        constants = constants or [np.exp(each).mean() for each in scores]
        wanted = sum(exact_nce(each, 9, z) for each, z in zip(scores, constants, strict=True))
        np.testing.assert_allclose(values, wanted, rtol=1e-5)
        for bank, before, own in zip(kept(loss), banks, (teacher, student), strict=True):
            before[ids] = unit(0.5 * before[ids] + 0.5 * own)
            np.testing.assert_allclose(bank, before, rtol=1e-5, atol=1e-6)


def test_contrast_worked_by_hand():
    # One positive at score ln 3, one negative at 0, constant 1, m = 1: h = 3/4 and 1/2.
    value = noise_contrast(np.array([np.log(3.0)], "float32"), np.array([[0.0]], "float32"), 0.0)
    assert float(value[0]) == pytest.approx(-np.log(3 / 4) - np.log(1 / 2), rel=1e-6)
    # Partners at right angles to the others, temperature 1: −log(e / (e + 1)).
    eye = np.eye(2, dtype="float32")
    wanted = [np.log1p(np.exp(-1.0))] * 2
    np.testing.assert_allclose(batch_contrast(eye, eye, 1.0), wanted, rtol=1e-6)


def test_within_the_batch():
    loss = ContrastiveRepresentation("a", "b", dimension=3, temperature=0.2)
    t, s = draws()
    values = np.array(loss(t, s))
    teacher, student = projected(loss, t, s)
    scores = student @ teacher.T / 0.2
    wanted = sum(np.log(np.exp(each).sum(1)) - np.diag(each) for each in (scores, scores.T))
    np.testing.assert_allclose(values, wanted, rtol=1e-5)
    order = np.array([2, 0, 3, 1])
    np.testing.assert_allclose(loss(t[order], s[order]), wanted[order], rtol=1e-5)
    assert len(loss.weights) == 4
    np.testing.assert_allclose(loss(t[:1], s[:1]), 0.0, atol=1e-6)


def test_memory_changes_in_training_only():
    loss = with_bank()
    t, s = draws()
    loss.build(t.shape, s.shape)
    before = [np.array(each) for each in loss.weights]
    banks = [np.array(each) for each in kept(loss)]
    loss(t, s, sample_ids=np.arange(4))
    loss(t, s, sample_ids=np.arange(4), training=False)
    for weight, old in zip(loss.weights, before, strict=True):
        np.testing.assert_array_equal(weight, old)
    loss(t, s, sample_ids=np.arange(4), training=True)
    changed = [(np.array(bank) != old).any(1) for bank, old in zip(kept(loss), banks, strict=True)]
    np.testing.assert_array_equal(changed, [[True] * 4 + [False] * 5] * 2)
    assert [len(loss.trainable_variables), len(loss.non_trainable_variables)] == [4, 4]


def test_gradients_reach_student_and_both_projections():
    loss, ids = with_bank(), np.arange(4)
    t, s = draws()
    loss(t, s, sample_ids=ids)
    if keras.backend.backend() == "jax":
        import jax

        def total(weights):
            made, _ = loss.stateless_call(
                weights,
                [each.value for each in loss.non_trainable_variables],
                t, s, sample_ids=ids, training=True,
            )  # fmt: skip
            return made.sum()

        gradients = jax.grad(total)([each.value for each in loss.trainable_variables])
    else:
        import tensorflow as tf

        @tf.function
        def step():
            with tf.GradientTape() as tape:
                values = loss(t, s, sample_ids=ids, training=True)
            return tape.gradient(values, [each.value for each in loss.trainable_variables])

        gradients = step()
    assert all(np.isfinite(each).all() and np.abs(each).max() > 0 for each in gradients)


def test_compiled_step_remembers_as_the_plain_one_does():
    t, s = draws()
    ids = np.array([3, 1, 4, 0])
    plain, compiled = with_bank(), with_bank()
    for loss in (plain, compiled):
        loss.build(t.shape, s.shape)
    plain(t, s, step=2, sample_ids=ids, training=True)
    if keras.backend.backend() == "jax":
        import jax

        run = jax.jit(
            lambda kept, step: compiled.stateless_call(
                [each.value for each in compiled.trainable_variables],
                kept, t, s, step=step, sample_ids=ids, training=True,
            )[1]
        )  # fmt: skip
        kept = run([each.value for each in compiled.non_trainable_variables], 2)
        for variable, value in zip(compiled.non_trainable_variables, kept, strict=True):
            variable.assign(value)
    else:
        import tensorflow as tf

        @tf.function(
            input_signature=[
                tf.TensorSpec((None, 6)),
                tf.TensorSpec((None, 5)),
                tf.TensorSpec((), tf.int32),
                tf.TensorSpec((None,), tf.int64),
            ]
        )
        def run(t, s, step, ids):
            return compiled(t, s, step=step, sample_ids=ids, training=True)

        run(t, s, 2, ids)
    for one, other in zip(plain.weights, compiled.weights, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("dtype", ["float32", "float16"])
@pytest.mark.parametrize("examples", [None, 9])
def test_extreme_features_have_finite_gradients(dtype, examples, value_and_gradient):
    t, s = (1e4 * each.astype(dtype) for each in draws())
    s[0], t[1], s[2], s[3] = 0.0, 0.0, s[3], 1e-4
    loss = with_bank(examples=examples, temperature=0.07)
    ids = np.array([0, 5, 5, 1])  # one example twice in a batch
    values, gradient = value_and_gradient(lambda each: loss(t, each, sample_ids=ids), s)
    assert values.dtype == np.float32
    assert np.isfinite(values).all() and np.isfinite(gradient).all() and (gradient != 0).any()


def test_config_makes_the_round_trip():
    loss = with_bank(momentum=0.25, seed=4)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(loss))
    assert again.get_config() == loss.get_config() and again.momentum == 0.25
    t, s = draws()
    for each in (loss, again):
        each.build(t.shape, s.shape)
    for one, other in zip(loss.weights, again.weights, strict=True):
        np.testing.assert_array_equal(one, other)


def test_shapes_are_known_before_any_ids_are():
    loss = with_bank()
    symbolic = (keras.KerasTensor((None, 6)), keras.KerasTensor((None, 5)))
    assert loss(*symbolic).shape == (None,)


def test_bank_without_ids():
    sentence = (
        "ContrastiveRepresentation with a memory bank needs to know which example is which. "
        "Received: sample_ids=None. Attach ids with kd.teachers.attach(...), or pass examples=None "
        "to contrast within the batch."
    )
    loss, (t, s) = with_bank(), draws()
    loss.build(t.shape, s.shape)
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        loss.call(t, s)


@pytest.mark.parametrize(
    "wrong, sentence",
    [
        ({"examples": 1}, "`examples` must be an integer from 2, or None. Received: examples=1."),
        ({"negatives": 0}, "`negatives` must be an integer from 1. Received: negatives=0."),
        ({"dimension": 2.0}, "`dimension` must be an integer from 1. Received: dimension=2.0."),
        ({"seed": None}, "`seed` must be an integer from 0. Received: seed=None."),
        ({"temperature": 0}, "`temperature` must be a number above 0. Received: temperature=0."),
        ({"momentum": 1.0}, "`momentum` must be a number in [0, 1). Received: momentum=1.0."),
    ],
)
def test_arguments_that_are_wrong(wrong, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        with_bank(**wrong)


def test_features_that_do_not_fit():
    sentence = (
        "ContrastiveRepresentation projects features (batch, ...) of known size. Received: teacher "
        "layer 'a' of shape (2,), student layer 'b' of shape (2, 3). Name layers after global "
        "pooling."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        with_bank().check(np.zeros(2), np.zeros((2, 3)))

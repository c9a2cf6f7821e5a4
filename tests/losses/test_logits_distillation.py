"""LogitsDistillation against keras.distillation's: the same number, or one warning why not."""

import re
import warnings

import keras
import numpy as np
import pytest

from keras_distill.losses import BinarySoftTargets, KerasLoss, LogitsDistillation, SoftTargets

THEIRS = keras.distillation.LogitsDistillation
CHANGED = {
    "kl_divergence": (
        'The number changes: keras.distillation takes the string "kl_divergence" on logits cut '
        "off to [1e-7, 1], without softmax and without T²; here it is SoftTargets, T² · KL between "
        "softmaxes, which keras.losses.KLDivergence() gives in both."
    ),
    "categorical_crossentropy": (
        "The number changes: keras.distillation takes the teacher's logits for probabilities in "
        "categorical_crossentropy; here it is SoftTargets, which has the gradient of the "
        "cross-entropy between softmaxes, times T²."
    ),
    "binary_crossentropy": (
        "The number changes: keras.distillation takes the teacher's logits for probabilities in "
        "binary_crossentropy; here it is BinarySoftTargets, which has the gradient of the "
        "cross-entropy between sigmoids, times T²."
    ),
}


def draws(scale=3.0, number=64):
    rng = np.random.default_rng(0)
    return (rng.normal(0, scale, (number, 10)).astype("float32") for _ in range(2))


@pytest.mark.parametrize("loss", [keras.losses.KLDivergence(), "KLDivergence"])
@pytest.mark.parametrize("temperature", [1.0, 3.0])
def test_an_explicit_divergence_gives_keras_number_for_each_example(loss, temperature):
    t, s = draws(2.0 * temperature)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ours = LogitsDistillation(temperature, loss)
    assert type(ours) is SoftTargets and ours.temperature == temperature
    theirs = THEIRS(temperature, loss)
    # Where no probability is below its 1e-7.
    values = np.asarray(ours(t, s))
    assert values.mean() == pytest.approx(float(theirs.compute_loss(t, s)), rel=1e-4)
    each = [float(theirs.compute_loss(t[i : i + 1], s[i : i + 1])) for i in range(8)]
    np.testing.assert_allclose(values[:8], each, rtol=1e-3, atol=1e-5)


def test_the_default_is_hintons_and_says_so_once():
    t, s = draws()
    with pytest.warns(UserWarning, match=f"^{re.escape(CHANGED['kl_divergence'])}$") as seen:
        ours = LogitsDistillation()
    assert len(seen) == 1 and seen[0].filename == __file__
    assert type(ours) is SoftTargets and ours.temperature == 3.0
    # Why: what Keras gives is negative for a student that has learnt everything.
    assert float(THEIRS().compute_loss(t, t + 5)) < -0.1
    np.testing.assert_allclose(ours(t, t + 5), 0.0, atol=1e-5)


@pytest.mark.parametrize(
    "name, build, kind",
    [
        ("kl_divergence", keras.losses.kl_divergence, SoftTargets),
        ("categorical_crossentropy", "categorical_crossentropy", SoftTargets),
        ("categorical_crossentropy", keras.losses.CategoricalCrossentropy(True), SoftTargets),
        ("binary_crossentropy", keras.losses.BinaryCrossentropy(True), BinarySoftTargets),
    ],
)
def test_losses_that_take_logits_for_probabilities_are_converted(name, build, kind):
    with pytest.warns(UserWarning, match=f"^{re.escape(CHANGED[name])}$"):
        ours = LogitsDistillation(2.0, build, name="soft")
    assert type(ours) is kind and (ours.temperature, ours.name) == (2.0, "soft")


def test_cross_entropy_between_softmaxes_has_this_gradient(value_and_gradient):
    t, s = draws(number=8)
    with pytest.warns(UserWarning):
        ours = LogitsDistillation(2.0, "categorical_crossentropy")
    p = keras.ops.softmax(t / 2.0)
    _, wanted = value_and_gradient(
        lambda each: 4.0 * keras.losses.categorical_crossentropy(p, each / 2.0, from_logits=True), s
    )
    _, slope = value_and_gradient(lambda each: ours(t, each), s)
    np.testing.assert_allclose(slope, wanted, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize(
    "loss", ["mse", "mae", "cosine_similarity", keras.losses.Huber(delta=0.5), "log_cosh"]
)
def test_distances_between_logits_keep_keras_number(loss):
    t, s = draws()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ours = LogitsDistillation(3.0, loss)
    assert type(ours) is KerasLoss
    wanted = float(THEIRS(3.0, loss).compute_loss(t, s))
    assert np.mean(np.asarray(ours(t, s))) == pytest.approx(wanted, rel=1e-5)


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        (
            (3.0, "sparse_categorical_crossentropy"),
            "`loss` must be one that compares two models' logits. Received: "
            "loss='sparse_categorical_crossentropy'. Use \"kl_divergence\", one of "
            '"mean_squared_error", "mean_absolute_error", "huber", "log_cosh", '
            '"cosine_similarity", or a loss of your own.',
        ),
        (
            (3.0, ["mse", None]),
            "LogitsDistillation makes one loss for one output. Received: loss=['mse', None]. For "
            "several outputs hand kd.Distiller one loss each, with teacher_layer_name and "
            "student_layer_name.",
        ),
        (
            (3.0, keras.losses.KLDivergence(reduction="sum")),
            "LogitsDistillation gives one value per example, and kd.Distiller takes their mean. "
            'Received: a loss with reduction="sum". Leave the reduction out and multiply the '
            "loss's weight by the batch size.",
        ),
        (
            (-1.0, "mse"),
            "`temperature` must be a number above 0 or a function of the step. "
            "Received: temperature=-1.0.",
        ),
    ],
)
def test_refusals(arguments, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        LogitsDistillation(*arguments)

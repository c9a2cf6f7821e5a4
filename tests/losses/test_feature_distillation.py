"""FeatureDistillation against keras.distillation's: the same numbers."""

import re

import keras
import numpy as np
import pytest

from keras_distill.losses import FeatureDistillation, FeatureHint, KerasLoss

THEIRS = keras.distillation.FeatureDistillation


@pytest.mark.parametrize("shape", [(6, 5), (6, 3, 3, 5), (6, 4, 5)])
@pytest.mark.parametrize(
    "loss, kind",
    [
        ("mse", FeatureHint),
        (keras.losses.MeanSquaredError(), FeatureHint),
        ("mae", KerasLoss),
        (keras.losses.Huber(delta=0.5), KerasLoss),
        ("cosine_similarity", KerasLoss),
        (keras.losses.CosineSimilarity(), KerasLoss),
    ],
)
def test_the_mean_is_keras_number(loss, kind, shape):
    t, s = (np.random.default_rng(i).normal(size=shape).astype("float32") for i in (0, 1))
    ours = FeatureDistillation(loss, "block/a", "b", name="features")
    assert type(ours) is kind and ours.name == "features"
    assert (ours.teacher_layer_name, ours.student_layer_name) == ("block/a", "b")
    wanted = float(THEIRS(loss).compute_loss(t, s))
    assert np.mean(np.asarray(ours(t, s))) == pytest.approx(wanted, rel=1e-5, abs=1e-6)


def test_default_is_the_mean_square_of_the_outputs():
    ours = FeatureDistillation()
    assert ours.projection is False and ours.teacher_layer_name is None
    np.testing.assert_allclose(ours(np.zeros((2, 4)), np.full((2, 4), 3.0)), [9.0, 9.0])


@pytest.mark.parametrize(
    "build, sentence",
    [
        (
            lambda: FeatureDistillation("kl_divergence"),
            "`loss` must be one that compares features. Received: loss='kl_divergence'. Use one of "
            '"mean_squared_error", "mean_absolute_error", "huber", "log_cosh", '
            '"cosine_similarity", or a loss of your own.',
        ),
        (
            # Keras compares the outputs then, without a word (D17).
            lambda: FeatureDistillation("mse", student_layer_name="b"),
            "FeatureHint compares a layer with a layer, or output with output. Received: "
            "teacher_layer_name=None, student_layer_name='b'. Name both layers, or neither.",
        ),
        (
            lambda: FeatureDistillation(None),
            "FeatureDistillation makes one loss for one output. Received: loss=None. For several "
            "outputs hand kd.Distiller one loss each, with teacher_layer_name and "
            "student_layer_name.",
        ),
    ],
)
def test_refusals(build, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        build()

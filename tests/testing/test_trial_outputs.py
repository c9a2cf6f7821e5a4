"""Trial outputs: fixed draws, probabilities where asked for, wrong where the teacher is sure."""

import numpy as np

from keras_distill.losses import FeatureHint, ReviewDistillation, SoftTargets
from keras_distill.testing import trial_outputs as trial


def test_draws_are_fixed_and_fit_the_loss():
    logits = trial.drawn_outputs(SoftTargets(), "teacher")
    assert logits.shape == (8, 10) and logits.dtype == np.float32
    np.testing.assert_array_equal(logits, trial.drawn_outputs(SoftTargets(), "teacher"))
    assert (logits != trial.drawn_outputs(SoftTargets(), "student")).all()
    assert trial.drawn_outputs(FeatureHint("a", "b"), "student", 3).shape == (3, 4, 4, 6)
    several = ReviewDistillation(["a", "b"], ["c", "d"])
    assert trial.shapes(trial.drawn_outputs(several, "teacher")) == [(8, 4, 4, 6)] * 2
    p = trial.drawn_outputs(SoftTargets(from_logits=False), "teacher")
    np.testing.assert_allclose(p.sum(-1), 1.0, rtol=1e-6)


def test_wrong_outputs_by_hand():
    t = np.array([[1.0, 3.0, 2.0], [5.0, 4.0, 6.0]])
    wrong = trial.wrong_outputs(SoftTargets(), t, 30.0)
    np.testing.assert_array_equal(wrong, [[30.0, -30.0, -30.0], [-30.0, 30.0, -30.0]])
    sure = trial.wrong_outputs(SoftTargets(from_logits=False), t, 1e3)
    np.testing.assert_array_equal(sure, [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    one = trial.wrong_outputs(SoftTargets(), np.array([[1.0], [3.0]]), 2.0)
    np.testing.assert_array_equal(one, [[2.0], [-2.0]])


def test_constants_and_signs_by_hand():
    shape = np.zeros((2, 2), "float32")
    loss, chances = SoftTargets(), SoftTargets(from_logits=False)
    np.testing.assert_array_equal(trial.constant_outputs(loss, shape, 0.0), shape)
    np.testing.assert_array_equal(trial.constant_outputs(chances, shape, 0.0), shape + 0.5)
    made = trial.alternating_outputs(loss, shape, 1e3)
    np.testing.assert_array_equal(made, [[1e3, -1e3], [-1e3, 1e3]])
    np.testing.assert_array_equal(trial.from_logits(chances, np.zeros((1, 1))), [[0.5]])


def test_noise_on_probabilities_leaves_probabilities():
    chances = SoftTargets(from_logits=False)
    p = trial.drawn_outputs(chances, "teacher")
    near = trial.perturbed_outputs(chances, p, 0.1, 0)
    np.testing.assert_allclose(near.sum(-1), 1.0, rtol=1e-6)
    assert 0 < np.abs(near - p).max() < 0.2
    np.testing.assert_allclose(trial.perturbed_outputs(chances, p, 0.0, 0), p, atol=1e-6)
    sigmoid = trial.perturbed_outputs(chances, np.array([[0.25]]), 0.0, 0)
    np.testing.assert_allclose(sigmoid, [[0.25]], rtol=1e-6)
    assert trial.is_response(chances) and not trial.is_response(FeatureHint("a", "b"))
    assert trial.mapped(np.negative, [1, 2]) == [-1, -2]

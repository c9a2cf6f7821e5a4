"""Names and reduction of the terms."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_distill.distillation.distillation_terms import (
    labelled_only,
    pairs,
    reduced,
    term_names,
)
from keras_distill.losses import DIST, FeatureHint, KerasLoss, ReviewDistillation, SoftTargets


def test_names_are_numbered_where_they_repeat():
    losses = [SoftTargets(), FeatureHint("a", "b"), FeatureHint("a", "c")]
    assert term_names(losses) == ["soft_targets_loss", "feature_hint_loss", "feature_hint_loss_2"]


def test_weights_and_masks_as_in_keras():
    values = ops.convert_to_tensor(np.array([[1.0, 2.0], [3.0, 4.0]], "float32"))
    mask = ops.convert_to_tensor(np.array([[True, False], [True, True]]))
    assert float(reduced(values, None, None)) == pytest.approx(2.5)
    assert float(reduced(values, None, mask)) == pytest.approx(8 / 3)
    assert float(reduced(values, np.array([0.0, 1.0]), mask)) == pytest.approx(7 / 3)


def test_examples_without_a_label_are_masked_for_the_metrics():
    loss = keras.losses.SparseCategoricalCrossentropy(ignore_class=-1)
    y, y_pred = np.array([0, -1, 2, 2]), ops.convert_to_tensor(np.eye(4, 3, dtype="float32"))
    masked = labelled_only(loss, y, y_pred)
    metric = keras.metrics.SparseCategoricalAccuracy()
    metric.update_state(y, masked)
    assert float(metric.result()) == pytest.approx(2 / 3)  # 0 and 2 are right, the last is not
    metric.reset_state()
    metric.update_state(y[:, None], labelled_only(loss, y[:, None], y_pred), np.array([3, 1, 1, 1]))
    assert float(metric.result()) == pytest.approx(4 / 5)
    assert getattr(y_pred, "_keras_mask", None) is None
    assert labelled_only(keras.losses.SparseCategoricalCrossentropy(), y, y_pred) is y_pred
    assert labelled_only({"a": loss}, y, y_pred) is y_pred


def test_features_and_outputs_are_paired_by_the_losses_paths():
    losses = [SoftTargets(), FeatureHint("a", "b"), ReviewDistillation(["a", "c"], ["b", "d"])]
    teacher, student = ({"a": 1, "c": 2}, "t"), ({"b": 3, "d": 4}, "s")
    assert pairs(losses, teacher, student) == [("t", "s"), (1, 3), ([1, 2], [3, 4])]


def test_names_are_the_classes_and_numbered_where_they_repeat():
    losses = [SoftTargets(), SoftTargets(), KerasLoss("mse"), DIST()]
    names = ["soft_targets_loss", "soft_targets_loss_2", "keras_loss", "dist_loss"]
    assert term_names(losses) == names

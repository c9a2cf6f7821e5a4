"""Names and reduction of the terms."""

import numpy as np
import pytest
from keras import ops

from keras_distill.distillation.distillation_terms import reduced, term_names
from keras_distill.losses import FeatureHint, SoftTargets


def test_names_are_numbered_where_they_repeat():
    losses = [SoftTargets(), FeatureHint("a", "b"), FeatureHint("a", "c")]
    assert term_names(losses) == ["soft_targets_loss", "feature_hint_loss", "feature_hint_loss_2"]


def test_weights_and_masks_as_in_keras():
    values = ops.convert_to_tensor(np.array([[1.0, 2.0], [3.0, 4.0]], "float32"))
    mask = ops.convert_to_tensor(np.array([[True, False], [True, True]]))
    assert float(reduced(values, None, None)) == pytest.approx(2.5)
    assert float(reduced(values, None, mask)) == pytest.approx(8 / 3)
    assert float(reduced(values, np.array([0.0, 1.0]), mask)) == pytest.approx(7 / 3)

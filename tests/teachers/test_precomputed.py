"""Precomputed: shapes that stand for a teacher."""

import re

import keras
import pytest

from keras_distill.teachers import Precomputed


def test_symbols_and_the_round_trip():
    teacher = Precomputed((10,), {"pool": (64,)}, "logits", source=object())
    features, outputs = teacher.symbolic()
    assert outputs.shape == (None, 10) and features["pool"].shape == (None, 64)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(teacher))
    assert again.get_config() == teacher.get_config() and again.source is None
    assert teacher.with_features([]).features == {}


def test_several_outputs():
    _, outputs = Precomputed({"a": (2,), "b": (3, 4)}).symbolic()
    assert {key: each.shape for key, each in outputs.items()} == {"a": (None, 2), "b": (None, 3, 4)}


def test_features_that_were_not_kept():
    sentence = (
        "A distillation loss compares a teacher layer that was not precomputed. Received: "
        "teacher_layer_name='stage_2'; kept features: 'pool'. Precompute again with "
        "features=['stage_2', ...]."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        Precomputed((10,), {"pool": (64,)}).check_features(["stage_2"])

"""The configuration's data, with its augmentation, in training only."""

import numpy as np
import pytest

from keras_distill.pipeline import Configuration
from keras_distill.pipeline.run_data import load_data


def first(split):
    return np.asarray(next(iter(split))[0])


def test_augmentation_changes_training_images_only(pictures):
    values = {"name": str(pictures), "image_size": [8, 8], "batch_size": 16}
    plain = load_data(Configuration(data=values))
    changed = load_data(
        Configuration(data={**values, "augmentation": {"horizontal_flip": True, "shift": 0.25}})
    )
    assert plain.class_names == ("amber", "blue", "lime", "mint")
    np.testing.assert_array_equal(first(plain.validation), first(changed.validation))
    np.testing.assert_array_equal(first(plain.test), first(changed.test))
    assert np.abs(first(plain.train) - first(changed.train)).max() > 0.05


def test_an_empty_augmentation_is_none(pictures):
    values = {"name": str(pictures), "image_size": [8, 8], "augmentation": {}}
    first(load_data(Configuration(data=values)).train)


def test_texts_want_another_recipe():
    with pytest.raises(ValueError) as error:
        load_data(Configuration(data={"name": "grammar_reviews"}))
    assert str(error.value) == (
        "`data.name`: 'grammar_reviews' holds texts. Expected images, or `recipe: transfer` in "
        "the configuration, which is for texts."
    )

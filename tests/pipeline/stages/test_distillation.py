"""The distilled student is a plain model, trained from the same initial weights."""

import keras
import numpy as np

from keras_distill.pipeline.stages import distillation


def test_it_leaves_a_plain_student_and_an_untouched_teacher(make_journey):
    journey = make_journey()
    before = [w.copy() for w in journey.model("teacher").get_weights()]
    untrained = [w.copy() for w in journey.fresh_student().get_weights()]
    files, _ = distillation.run(journey)
    assert files == ["models/distilled.keras"]
    student = keras.models.load_model(journey.folder / files[0])
    assert type(student) is keras.Sequential or type(student).__name__ == "Functional"
    assert any((a != b).any() for a, b in zip(student.get_weights(), untrained, strict=True))
    for one, other in zip(journey.model("teacher").get_weights(), before, strict=True):
        np.testing.assert_array_equal(one, other)

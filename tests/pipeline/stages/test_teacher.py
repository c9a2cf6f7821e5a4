"""The teacher goes behind its adapter and is looked at before anything trains."""

import keras
import pytest

from keras_distill.pipeline.stages import teacher


def test_a_teacher_that_is_fed_right_is_kept_as_it_is(make_journey):
    journey = make_journey()
    files, results = teacher.run(journey)
    assert files == ["models/teacher.keras"]
    assert results["validation_accuracy"] == 1.0


def test_an_adapted_teacher_is_kept_with_the_one_as_given(make_journey):
    journey = make_journey()
    given = journey.given_teacher
    journey.given_teacher = keras.Sequential(
        [keras.Input((8, 8, 1)), keras.layers.Rescaling(1 / 255), *given.layers]
    )
    with pytest.raises(ValueError, match=r'Write `input_scale: "\[0, 255\]"` under `teacher:`'):
        teacher.run(journey)
    mended = journey.configuration.teacher.model_copy(update={"input_scale": "[0, 255]"})
    journey.configuration = journey.configuration.model_copy(update={"teacher": mended})
    files, _ = teacher.run(journey)
    assert files == ["models/teacher.keras", "models/teacher_as_given.keras"]


def test_an_untrained_teacher_is_refused(make_journey, cnn_maker):
    journey = make_journey(teacher=cnn_maker(seed=3))
    journey.given_teacher.layers[-1].set_weights(
        [0 * w for w in journey.given_teacher.layers[-1].get_weights()]
    )
    with pytest.raises(ValueError, match="expected a teacher that is better than chance"):
        teacher.run(journey)


def test_it_depends_on_data_and_teacher_and_is_always_wanted(make_journey):
    configuration = make_journey().configuration
    assert teacher.needs(configuration) == () and teacher.wanted(configuration)
    assert set(teacher.KEYS) == {"seed", "data", "teacher"}

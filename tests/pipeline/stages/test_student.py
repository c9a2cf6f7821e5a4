"""The untrained student: narrowed, or the one that was given."""

import numpy as np

from keras_distill.pipeline.stages import student


def test_a_narrower_copy_of_the_teacher(make_journey):
    journey = make_journey()
    files, results = student.run(journey)
    assert files == ["models/student_untrained.keras"]
    made = journey.model("student_untrained")
    assert made.layers[-1].units == 2
    assert results["parameters"] == made.count_params() < journey.given_teacher.count_params()


def test_the_same_seed_gives_the_same_weights(make_journey):
    journey = make_journey()
    student.run(journey)
    first = journey.model("student_untrained").get_weights()
    student.run(journey)
    for one, other in zip(first, journey.model("student_untrained").get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_student_as_big_as_the_teacher_is_noted(make_journey, cnn_maker, caplog):
    journey = make_journey(student=cnn_maker(16))
    with caplog.at_level("WARNING", logger="keras_distill"):
        student.run(journey)
    teachers = journey.given_teacher.count_params()
    assert caplog.messages == [
        f"The student has {journey.given_student.count_params():,} parameters and the teacher "
        f"{teachers:,}: there is nothing to compress. Lower `student.width` or give a smaller "
        "model."
    ]

"""The control starts from the same weights and sees no teacher."""

import numpy as np

from keras_distill.pipeline.stages import control


def test_it_trains_the_untrained_student_without_a_teacher(make_journey):
    journey = make_journey()
    journey.model = None  # whoever asks for the teacher fails
    files, _ = control.run(journey)
    assert files == ["models/control.keras"]
    trained, before = journey._models["control"], journey.fresh_student()
    assert any(
        np.abs(a - b).max() > 0
        for a, b in zip(trained.get_weights(), before.get_weights(), strict=True)
    )


def test_it_can_be_left_out(make_journey):
    assert not control.wanted(make_journey(control=False).configuration)

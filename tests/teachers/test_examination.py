"""The sentences, whole."""

import pytest

from keras_distill.teachers import Examination, Finding

AS_FED = "The teacher gets 25.0 % of the examples right as it is fed (images in [0, 1], RGB), and "
JUDGED = " (judged on examples that did not choose; p = 1e-30). "


@pytest.mark.parametrize(
    "kind, setting, way, mend",
    [
        (
            "input_scale",
            {"input_scale": "[0, 255]"},
            "90.0 % when fed images in [0, 255], RGB",
            'Write `input_scale: "[0, 255]"` under `teacher:` in the configuration, or use '
            '`kd.teachers.adapt(teacher, input_scale="[0, 255]")` in Python.',
        ),
        (
            "channels",
            {"channels": "bgr"},
            "90.0 % when fed images in [0, 1], BGR",
            'Write `channels: "bgr"` under `teacher:` in the configuration, or use '
            '`kd.teachers.adapt(teacher, channels="bgr")` in Python.',
        ),
        (
            "input_scale",
            {"input_scale": "caffe", "channels": "bgr"},
            '90.0 % when fed images in Keras\'s "caffe", BGR',
            'Write `input_scale: "caffe"` and `channels: "bgr"` under `teacher:` in the '
            'configuration, or use `kd.teachers.adapt(teacher, input_scale="caffe", '
            'channels="bgr")` in Python.',
        ),
        (
            "class_order",
            {"class_map": [2, 0, 1]},
            "90.0 % when its outputs are read in another class order",
            "Write `class_map: [2, 0, 1]` under `teacher:` in the configuration, or use "
            "`kd.teachers.adapt(teacher, class_map=[2, 0, 1])` in Python "
            "(the teacher's outputs are, in order: dog, emu, cat).",
        ),
    ],
)
def test_the_sentence_says_received_expected_and_how_to_mend(kind, setting, way, mend):
    finding = Finding(kind, setting, 0.25, 0.9, 1e-30)
    look = Examination(400, 0.25, 0.1, False, "[0, 1]", finding, ("cat", "dog", "emu"))
    assert look.sentence == AS_FED + way + JUDGED + mend

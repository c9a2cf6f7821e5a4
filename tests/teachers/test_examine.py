"""The planted mistakes are found and mended; a weak teacher raises nothing."""

import keras
import numpy as np
import pytest

from keras_distill.teachers import adapt, examine


def test_a_teacher_fed_right_has_no_finding(data, make_teacher):
    look = examine(make_teacher(), *data)
    assert look.finding is None and not look.at_chance
    assert look.accuracy == 1.0
    assert look.sentence == "The teacher gets 100.0 % of 400 examples right as it is fed."


@pytest.mark.parametrize(
    "own, kind, setting",
    [
        ({"input_scale": (255.0, 0.0)}, "input_scale", {"input_scale": "[0, 255]"}),
        ({"input_scale": (2.0, -1.0)}, "input_scale", {"input_scale": "[-1, 1]"}),
        ({"bgr": True}, "channels", {"channels": "bgr"}),
        ({"order": (2, 0, 3, 1)}, "class_order", {"class_map": [1, 3, 0, 2]}),
    ],
)
def test_planted_mistake_is_found_and_mended_by_its_setting(data, make_teacher, own, kind, setting):
    teacher = make_teacher(**own)
    look = examine(teacher, *data)
    assert look.finding.kind == kind
    assert look.finding.setting == setting
    assert look.finding.accuracy_mended == 1.0
    assert look.finding.p_value < 1e-6
    mended = examine(adapt(teacher, **look.finding.setting), *data)
    assert mended.finding is None and mended.accuracy == 1.0


def test_two_mistakes_at_once_are_found_together(data, make_teacher):
    teacher = make_teacher(input_scale=(255.0, 0.0), bgr=True)
    look = examine(teacher, *data)
    assert look.finding.setting == {"input_scale": "[0, 255]", "channels": "bgr"}
    teacher = make_teacher(input_scale=(255.0, 0.0), order=(1, 2, 3, 0))
    look = examine(teacher, *data)
    assert look.finding.setting == {"input_scale": "[0, 255]", "class_map": [3, 0, 1, 2]}


def test_images_in_0_255_for_a_teacher_of_0_1(data, make_teacher):
    x, y = data
    look = examine(make_teacher(), 255 * x, y)
    assert look.finding.setting == {"input_scale": "[0, 1]"}
    assert look.sentence.endswith(
        " Bring the images from [0, 255] to [0, 1]: the teacher expects that."
    )
    bytes_seen = examine(make_teacher(), np.round(255 * x).astype("uint8"), y)
    assert bytes_seen.finding.setting == {"input_scale": "[0, 1]"}


def test_imagenet_normalisation_is_known(data):
    x, y = data
    mean, deviation = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
    templates = np.stack([x[y == k].mean(0) for k in range(4)])

    def teacher(batch):  # templates close together, so that nothing but "torch" fits
        apart = np.abs(np.asarray(batch)[:, None] - ((templates - mean) / deviation)[None])
        return np.where(apart.mean((2, 3, 4)) < 0.2, 1.0, 0.0) + 1e-3 * np.array([1, 0, 0, 0])

    look = examine(teacher, x, y)
    assert look.finding.setting == {"input_scale": "torch"}
    assert look.finding.accuracy_mended == 1.0


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("noise", [0.05, 0.3, 2.0])
def test_untrained_and_weak_teachers_raise_nothing(data, make_teacher, seed, noise):
    x, y = data
    teacher = make_teacher()
    rng = np.random.default_rng(seed)

    def weak(batch):  # right on a share of the examples, random on the others
        outputs = np.array(teacher(batch))
        lost = rng.random(len(outputs)) < noise
        outputs[lost] = rng.normal(size=(int(lost.sum()), 4))
        return outputs

    assert examine(weak, x, y).finding is None


@pytest.mark.parametrize("seed", range(4))
def test_an_untrained_network_is_at_most_at_chance(seed):
    rng = np.random.default_rng(seed)
    x = rng.random((200, 4, 4, 3)).astype("float32")
    y = rng.integers(0, 10, 200)
    keras.utils.set_random_seed(seed)
    teacher = keras.Sequential(
        [keras.Input((4, 4, 3)), keras.layers.Flatten(), keras.layers.Dense(10)]
    )
    look = examine(teacher, x, y)
    assert look.finding is None
    assert look.at_chance


def test_many_classes_and_few_examples_do_not_invent_a_class_order():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 100, 300)
    outputs = rng.normal(size=(300, 100))
    look = examine(lambda batch: outputs[batch[:, 0].astype(int)], np.arange(300)[:, None], y)
    assert look.finding is None and look.at_chance


def test_a_constant_teacher_on_uneven_classes_is_at_chance():
    y = np.array([0] * 180 + [1] * 20)
    look = examine(lambda batch: np.tile([1.0, 0.0], (len(batch), 1)), np.ones((200, 3)), y)
    assert look.accuracy == 0.9 and look.chance == 0.9 and look.at_chance
    assert look.sentence == (
        "The teacher gets 90.0 % of 200 examples right, and guessing gets 90.0 %; expected a "
        "teacher that is better than chance. No other input scale, channel order or class order "
        "helps: check that it is trained, on these classes and on images like these."
    )


def test_labels_one_hot_ignored_and_binary(data, make_teacher):
    x, y = data
    assert examine(make_teacher(), x, np.eye(4)[y]).accuracy == 1.0
    some = np.where(np.arange(len(y)) % 2, y, -1)
    assert examine(make_teacher(), x, some).examples == 200
    one_output = examine(lambda b: np.where(np.asarray(b) > 0, 3.0, -3.0), y[:, None] - 1.5, y > 1)
    assert one_output.accuracy == 1.0


def test_no_label_in_range_is_refused(data, make_teacher):
    x, y = data
    with pytest.raises(ValueError) as error:
        examine(make_teacher(), x, y + 100)
    assert str(error.value) == (
        "Expected labels in 0 … 3 to look at the teacher with. "
        "Received: 400 labels, none of them in that range."
    )


def test_twenty_points_are_needed():
    # A class order that would win 15 points only is not a finding.
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 2000)
    wrong = np.arange(2000) % 100 < 57  # 43 % right, 57 % the other way round
    outputs = np.eye(2)[np.where(wrong, 1 - y, y)]
    assert examine(lambda b: outputs[b[:, 0]], np.arange(2000)[:, None], y).finding is None
    wrong = np.arange(2000) % 100 < 66
    outputs = np.eye(2)[np.where(wrong, 1 - y, y)]
    look = examine(lambda b: outputs[b[:, 0]], np.arange(2000)[:, None], y)
    assert look.finding.setting == {"class_map": [1, 0]}


def test_class_order_of_dicts_and_of_texts():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 3, 300)
    words = np.array(["bad", "so-so", "good"], object)

    def teacher(batch):  # knows the classes as good, bad, so-so
        said = batch["text"] if isinstance(batch, dict) else batch
        return np.stack([said == "good", said == "bad", said == "so-so"], -1).astype("float32")

    for x in (words[y], {"text": words[y], "length": np.ones((300, 1), "float32")}):
        finding = examine(teacher, x, y).finding
        assert finding.kind == "class_order" and finding.setting == {"class_map": [1, 2, 0]}
    assert examine(teacher, words[y], (y + 1) % 3).finding is None

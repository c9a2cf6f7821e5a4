"""What `kd.compress` refuses before anything is written; the journey itself is elsewhere."""

import keras
import numpy as np
import pytest

from keras_distill.pipeline import compress

DATA = (np.zeros((4, 8, 8, 3), "float32"), np.zeros(4, "int32"))


@pytest.fixture
def teacher(teacher_maker):
    return teacher_maker()


@pytest.mark.parametrize(
    "arguments, expected",
    [
        (
            {"sparsity": 1.0},
            "kd.compress: `pruning.sparsity` must be a number above 0 and below 1. Received: 1.0.",
        ),
        (
            {"student": 2.0},
            "kd.compress: `student.width` must be a number above 0 and at most 1. Received: 2.0.",
        ),
        (
            {"quantize": "int4"},
            "kd.compress: `quantization.scheme` must be \"int8\". Received: 'int4'.",
        ),
        (
            {"epochs": {"teacher": 1}},
            "`epochs` must be a dict with the keys 'distillation', 'pruning', 'quantization'. "
            "Received the unknown key 'teacher'.",
        ),
        ({"teacher": "t.keras"}, "Expected a trained keras.Model as teacher. Received: 't.keras'."),
        (
            {"train": [1, 2]},
            "`train` must be a tf.data.Dataset of (images, labels) batches, or a pair of arrays. "
            "Received: list.",
        ),
        (
            {"test": (DATA[0], DATA[1][:2])},
            "`test` must hold as many labels as images, at least one. Received: 4 images and 2 "
            "labels.",
        ),
        (
            {"train": (DATA[0][:0], DATA[1][:0])},
            "`train` must hold as many labels as images, at least one. Received: 0 images and 0 "
            "labels.",
        ),
    ],
)
def test_refused_before_anything_is_written(arguments, expected, teacher, tmp_path):
    given = {"teacher": teacher, "train": DATA, "validation": DATA, "test": DATA, **arguments}
    with pytest.raises(ValueError) as error:
        compress(**given, output=tmp_path / "run")
    assert str(error.value) == expected
    assert list(tmp_path.iterdir()) == []


def test_a_teacher_at_chance_is_refused_with_nothing_trained(teacher, tmp_path):
    rng = np.random.default_rng(0)
    images = rng.random((200, 8, 8, 3)).astype("float32")
    noise = (images, rng.integers(0, 4, 200))
    keras.utils.set_random_seed(0)
    with pytest.raises(ValueError, match="expected a teacher that is better than chance"):
        compress(teacher, noise, noise, noise, output=tmp_path / "run", verbose=False)
    assert list((tmp_path / "run" / "models").iterdir()) == []

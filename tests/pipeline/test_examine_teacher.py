"""Small validation sets are topped up with training images; none at all is an error."""

import numpy as np
import pytest
import tensorflow as tf

from keras_distill.pipeline.examine_teacher import EXAMPLES, examine_teacher


def data(n):
    images = np.full((n, 8, 8, 3), 0.5, "float32")
    labels = np.arange(n) % 4
    return tf.data.Dataset.from_tensor_slices((images, labels)).batch(50)


def test_validation_first_and_training_images_where_there_are_few(teacher_maker):
    teacher = teacher_maker()
    assert examine_teacher(teacher, (data(500), data(40), data(1))).examples == 300
    assert examine_teacher(teacher, (data(100), data(400), data(1))).examples == 400
    assert examine_teacher(teacher, (data(10), data(2000), data(1))).examples == EXAMPLES


def test_no_images_at_all(teacher_maker):
    with pytest.raises(ValueError) as error:
        examine_teacher(teacher_maker(), (data(8).take(0), data(8).take(0), data(8)))
    assert str(error.value) == (
        "The data has no images to look at the teacher with. Expected at least a few dozen "
        "labelled images."
    )

"""LossProbe: values and gradients by hand, with what a loss asks for."""

import numpy as np
from keras import ops

from keras_distill.losses import DistillationLoss
from keras_distill.testing.loss_probe import LossProbe


class Asks(DistillationLoss):
    def call(self, teacher_outputs, student_outputs, labels, sample_ids, training, step):
        self.seen = (labels, sample_ids, training, step)
        pairs = zip(teacher_outputs, student_outputs, strict=True)
        return sum(ops.sum(ops.square(s - t), axis=-1) for t, s in pairs)


def test_values_and_gradient_by_hand():
    t = [np.zeros((2, 1), "float32"), np.zeros((2, 2), "float32")]
    s = [np.array([[1.0], [2.0]], "float32"), np.array([[3.0, 0.0], [0.0, 4.0]], "float32")]
    probe = LossProbe(Asks(), 2, np.array([7, 8]))
    values, gradient = probe.value_and_gradient(t, s)
    np.testing.assert_allclose(values, [10.0, 20.0])
    np.testing.assert_allclose(gradient, [[2.0, 6.0, 0.0], [4.0, 0.0, 8.0]])
    np.testing.assert_allclose(probe.compiled_values(t, s), values)
    assert probe.name == "Asks"


def test_rows_bring_their_labels_along():
    probe = LossProbe(Asks(), 3, np.array([5, 6, 7]))
    outputs = [np.zeros((2, 1), "float32")]
    probe.values(outputs, outputs, rows=[2, 0])
    labels, sample_ids, training, step = probe.loss.seen
    assert np.array(labels).tolist() == [7, 5] and np.array(sample_ids).tolist() == [2, 0]
    assert training is False and step == 0


def test_bfloat16_comes_back_as_float32():
    class Follows(DistillationLoss):
        def call(self, teacher_outputs, student_outputs):
            return ops.cast(student_outputs[:, 0], "bfloat16")

    made, _ = LossProbe(Follows(), 1).value_and_gradient(np.ones((1, 1)), np.ones((1, 1)))
    assert made.dtype == np.float32

"""ResponseLoss: logits whatever comes in, and what cannot be compared is refused."""

import numpy as np
import pytest
from keras import ops

from keras_distill.losses import ResponseLoss


class Difference(ResponseLoss):
    def call(self, teacher_outputs, student_outputs):
        teacher, student = self.logits(teacher_outputs, student_outputs)
        return self.per_example(ops.sum(ops.square(teacher - student), axis=-1))


def test_probabilities_become_logits_up_to_a_constant():
    p = np.array([[0.7, 0.2, 0.1]], "float32")
    teacher, student = Difference(from_logits=False).logits(p, p[:, ::-1])
    for outputs, wanted in ((teacher, p), (student, p[:, ::-1])):
        exponent = np.exp(np.asarray(outputs))
        np.testing.assert_allclose(exponent / exponent.sum(), wanted, rtol=1e-5)


def test_maps_are_averaged_and_tokens_kept():
    t, s = np.zeros((2, 4, 3), "float32"), np.ones((2, 4, 3), "float32")
    np.testing.assert_allclose(Difference()(t, s), np.full((2, 4), 3.0))
    np.testing.assert_allclose(
        Difference()(t.reshape(2, 2, 2, 3), s.reshape(2, 2, 2, 3)), [3.0, 3.0]
    )


def test_forbidden_classes_are_finite():
    z = np.array([[0.0, -np.inf]], "float32")
    assert np.isfinite(np.asarray(Difference().logits(z, z)[1])).all()


@pytest.mark.parametrize("shapes", [((2, 1), (2, 1)), ((2, 10), (2, 4)), ((2, 3, 4), (2, 4))])
def test_the_sentence_names_the_class(shapes):
    with pytest.raises(ValueError, match=r"^Difference compares "):
        Difference().check(*(np.zeros(shape) for shape in shapes))

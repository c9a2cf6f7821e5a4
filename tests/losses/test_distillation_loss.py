"""DistillationLoss: what a subclass gets."""

import keras
import numpy as np
import pytest

from keras_distill.losses import DistillationLoss


def test_a_subclass_computes_in_float32_whatever_comes_in():
    class Gap(DistillationLoss):
        def call(self, teacher_outputs, student_outputs):
            return keras.ops.mean(teacher_outputs - student_outputs, -1)

    values = Gap()(np.zeros((2, 3), "float16"), np.ones((2, 3), "float16"))
    assert keras.backend.standardize_dtype(values.dtype) == "float32"
    np.testing.assert_array_equal(values, [-1.0, -1.0])


def test_call_must_be_defined():
    with pytest.raises(
        NotImplementedError,
        match=r"^DistillationLoss must define call\(teacher_outputs, student_outputs\)\.$",
    ):
        DistillationLoss().call(1, 2)

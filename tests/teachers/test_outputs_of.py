"""outputs_of: every example of a batch, or none."""

import numpy as np
import pytest

from keras_distill.teachers import from_arrays
from keras_distill.teachers.outputs_of import outputs_of


def test_all_or_a_sentence():
    teacher = from_arrays(np.eye(3), sample_ids=np.array([5, 6, 7]))
    rows, (features, outputs) = outputs_of(teacher, np.array([7, 5]))
    np.testing.assert_array_equal(rows, [2, 0])
    assert features == {} and outputs.shape == (2, 3)
    with pytest.raises(ValueError, match=r"^No outputs of the teacher for 1 of 2 examples"):
        outputs_of(teacher, np.array([7, 8]))

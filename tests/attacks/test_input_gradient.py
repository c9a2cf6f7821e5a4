"""input_gradient: the derivative, on the active backend."""

import numpy as np
from keras import ops

from keras_distill.attacks.input_gradient import input_gradient


def test_of_a_polynomial():
    x = ops.convert_to_tensor(np.array([[1.0, -2.0]], "float32"))
    gradient = input_gradient(lambda each: ops.sum(each**3), x)
    np.testing.assert_allclose(gradient, [[3.0, 12.0]], rtol=1e-6)

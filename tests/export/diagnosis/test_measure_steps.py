"""What a step does to the answer, when it alone is wrong: by hand."""

import numpy as np
import pytest

from keras_distill.export.contents.tflite_contents import TFLiteTensor
from keras_distill.export.diagnosis.measure_steps import measure_steps


class Step:
    """Multiplies; in integers it is off by a fixed error."""

    kernel = None

    def __init__(self, number, factor, error):
        self.inputs, self.outputs = (number,), (number + 1,)
        self.factor, self.error = factor, error
        self.output = TFLiteTensor(str(number), (1, 1), "float32", (), (), None)

    def on_the_grid(self, values):
        return values

    def reference(self, values):
        return [values[0] * self.factor]

    def quantized(self, values):
        return [values[0] * self.factor + self.error]


def test_noise_is_followed_to_the_end():
    # The first is off by little, but all that comes after it makes it larger.
    steps = [Step(0, 1.0, 0.1), Step(1, 100.0, 0.0), Step(2, 1.0, 1.0)]
    found, signals = measure_steps(steps, (3,), [{0: np.ones((1, 1), "float32")}] * 2)
    assert signals == pytest.approx([2e4])
    assert [one.local_snr_db for one in found] == pytest.approx([20.0, 200.0, 40.0], abs=1e-3)
    # 10 of 100; nothing; 1 of 100.
    answers = [one.output_snr_db(signals) for one in found]
    assert answers == pytest.approx([20.0, 200.0, 40.0], abs=1e-3)
    # In the whole file: 0.1 of 1, 10 of 100, 11 of 100.
    so_far = [20.0, 20.0, 20 * np.log10(100 / 11)]
    assert [one.snr_db for one in found] == pytest.approx(so_far, abs=1e-3)


def test_whole_numbers_have_no_noise():
    steps = [Step(0, 2, 0)]
    found, _ = measure_steps(steps, (1,), [{0: np.ones((1, 1), "int32")}])
    assert found == []

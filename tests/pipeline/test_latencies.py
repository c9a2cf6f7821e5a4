"""The files take turns, and the figure is the median in milliseconds."""

import time

import numpy as np

from keras_distill.pipeline.latencies import CALLS, latencies


class Slow:
    def __init__(self, name, seconds, calls):
        self.name, self.seconds, self.calls = name, seconds, calls

    def predict(self, image):
        assert image.shape == (1, 2, 2, 1)
        self.calls.append(self.name)
        time.sleep(self.seconds)


def test_interleaved_medians():
    calls = []
    found = latencies(
        {"fast": Slow("fast", 0.0005, calls), "slow": Slow("slow", 0.002, calls)},
        np.zeros((1, 2, 2, 1), "float32"),
    )
    assert 0.5 <= found["fast"] < 2.0 <= found["slow"] < 20.0
    measured = calls[-4 * CALLS :]
    assert measured == (["fast"] * CALLS + ["slow"] * CALLS) * 2

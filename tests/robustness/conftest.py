import numpy as np
import pytest

from keras_distill import corruptions, footprint


class Darker:
    """A corruption of known effect, so that the measurements can be worked out by hand."""

    def __init__(self, name, severity):
        self.severity = severity

    def __call__(self, images, seed, indices=None):
        return images * np.float32(1 - 0.2 * self.severity)

    def get_config(self):
        return {"profile": "cifar32"}


@pytest.fixture
def rooms(monkeypatch):
    class Latency:
        p50 = 1.5

    monkeypatch.setattr(corruptions, "get", Darker, raising=False)
    monkeypatch.setattr(corruptions, "names", lambda suite: ["darker", "dim"], raising=False)
    monkeypatch.setattr(footprint, "latency", lambda *_: Latency, raising=False)


@pytest.fixture
def data():
    """Pictures of one grey each: 0.1, 0.2 … 1.0; the label says whether it is above 0.45."""
    grey = np.arange(1, 11, dtype="float32") / 10
    return np.ones((10, 4, 4, 1), "float32") * grey[:, None, None, None], (grey > 0.45).astype(int)


@pytest.fixture
def threshold():
    def make(at):
        def model(images):
            p = 0.1 + 0.8 * (np.asarray(images)[:, 0, 0, 0] > at)
            return np.stack([1 - p, p], axis=1)

        return model

    return make

import re

import numpy as np
import pytest

from keras_distill.footprint import Latency, latency


def test_percentiles_of_a_clock_that_is_known(monkeypatch):
    now = iter(np.repeat(np.cumsum(np.arange(0, 112) / 1000.0), 2)[1:])
    monkeypatch.setattr("time.perf_counter", lambda: float(next(now)))
    # Call i takes i + 1 milliseconds; the first ten are warm-up, so 11 … 110 count.
    timed = latency(lambda x: x, np.zeros((3, 2)), runs=100, warmup=10)
    assert isinstance(timed, Latency)
    np.testing.assert_allclose(
        [timed.p50, timed.p90, timed.p99], np.percentile(np.arange(11, 111), (50, 90, 99))
    )


def test_one_image_at_a_time_in_turn():
    seen = []
    latency(lambda x: seen.append(x.tolist()), np.arange(3)[:, None], runs=4, warmup=1)
    assert seen == [[[0]], [[1]], [[2]], [[0]], [[1]]]


@pytest.mark.parametrize("images, runs", [(np.zeros((0, 2)), 5), (np.zeros((2, 2)), 0)])
def test_nothing_to_time(images, runs):
    sentence = (
        "`latency` needs at least one image and one run. Received: "
        f"{len(images)} images, runs={runs}."
    )
    with pytest.raises(ValueError, match="^" + re.escape(sentence) + "$"):
        latency(lambda x: x, images, runs=runs)


def test_of_seconds():
    assert Latency.of([0.003, 0.001, 0.002]) == Latency(p50=2.0, p90=2.8, p99=2.98)

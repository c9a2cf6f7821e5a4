import re

import numpy as np
import pytest

from keras_distill import predictors
from keras_distill.robustness.measuring.measured_data import MeasuredData
from keras_distill.robustness.measuring.measurement import Measurement
from keras_distill.robustness.measuring.record_store import RecordStore
from keras_distill.robustness.probes.out_of_distribution_probe import (
    other_data,
    out_of_distribution_probe,
)
from keras_distill.robustness.statistics.out_of_distribution import out_of_distribution

BRIGHT = np.random.default_rng(0).integers(100, 256, (40, 2, 2, 1), np.uint8)
DARK = np.random.default_rng(1).integers(0, 150, (30, 2, 2, 1), np.uint8)


def sure_of_light(images):
    p = 0.5 + images.mean(axis=(1, 2, 3)) / 2
    return np.stack([1 - p, p], axis=1)


@pytest.fixture
def measurement(tmp_path):
    loaded = {"a": predictors.load(sure_of_light, name="a")}
    data = MeasuredData((BRIGHT, np.arange(40) % 2))
    return Measurement(loaded, data, "a", RecordStore(tmp_path / "run", {}), 0, 1)


def test_confidence_tells_them_apart(measurement):
    inside = sure_of_light(BRIGHT / np.float32(255)).max(1)
    outside = sure_of_light(DARK / np.float32(255)).max(1)

    def records(model, cell):
        assert (model, cell) == ("a", ("clean", 0))
        return {"confidence": inside}

    others = {"dark": other_data(DARK)}
    (row,) = out_of_distribution_probe(measurement, records, others, 2)
    assert row == {
        "model": "a", "data": "dark", **out_of_distribution(inside, outside, 2),
    }  # fmt: skip
    assert row["auroc"] > 0.9 and (row["n_in"], row["n_out"]) == (40, 30)


def test_labels_of_other_data_do_not_matter():
    expected = other_data(DARK).inputs_sha256
    batches = [(DARK[:7], np.eye(30)[:7]), (DARK[7:], np.eye(30)[7:])]
    for given in ((DARK, np.full(30, "x")), batches, [DARK[:9], DARK[9:20], DARK[20:]]):
        assert other_data(given).inputs_sha256 == expected


def test_another_shape_is_refused(measurement):
    others = {"dark": other_data(DARK[:, :1])}
    sentence = (
        "The examples of 'dark' have shape (1, 2, 1), those of the data (2, 2, 1). Resize them "
        "first."
    )
    with pytest.raises(ValueError, match="^" + re.escape(sentence) + "$"):
        out_of_distribution_probe(measurement, None, others, 0)

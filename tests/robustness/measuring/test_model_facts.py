import keras
import numpy as np

from keras_distill import predictors
from keras_distill.robustness.measuring.model_facts import model_facts


def test_measures_what_is_not_given(tmp_path):
    model = keras.Sequential(
        [keras.Input((2, 2, 1)), keras.layers.Flatten(), keras.layers.Dense(3)]
    )
    model.save(tmp_path / "m.keras")
    image = np.zeros((1, 2, 2, 1), "float32")
    found = model_facts(predictors.load(tmp_path / "m.keras"), image, {"macs": 7, "bytes": 5})
    assert (found["parameters"], found["macs"], found["bytes"]) == (15, 7, 5)
    assert found["gzip_bytes"] > 100 and found["latency_ms_p50"] > 0

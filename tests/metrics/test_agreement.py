import keras
import numpy as np

from keras_distill.metrics import Agreement


def test_share_over_batches_against_numpy():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 50, 4))
    metric = Agreement()
    for i in range(0, 50, 20):
        metric.update_state(a[i : i + 20], b[i : i + 20])
    expected = (a.argmax(-1) == b.argmax(-1)).mean()
    np.testing.assert_allclose(float(metric.result()), expected, rtol=1e-6)


def test_weights_and_empty_state():
    metric = Agreement()
    assert float(metric.result()) == 0.0
    a = np.eye(3)
    metric.update_state(a, a[[0, 1, 0]], sample_weight=[1.0, 2.0, 5.0])
    assert float(metric.result()) == 0.375


def test_json_round_trip():
    config = keras.saving.serialize_keras_object(Agreement(name="same"))
    assert keras.saving.deserialize_keras_object(config).get_config()["name"] == "same"

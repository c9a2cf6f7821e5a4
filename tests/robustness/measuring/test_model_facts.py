import keras
import numpy as np

from keras_distill import predictors
from keras_distill.robustness.measuring.model_facts import identity, model_facts


def test_measures_what_is_not_given(tmp_path):
    model = keras.Sequential(
        [keras.Input((2, 2, 1)), keras.layers.Flatten(), keras.layers.Dense(3)]
    )
    model.save(tmp_path / "m.keras")
    image = np.zeros((1, 2, 2, 1), "float32")
    found = model_facts(predictors.load(tmp_path / "m.keras"), image, {"macs": 7, "bytes": 5})
    assert (found["parameters"], found["macs"], found["bytes"]) == (15, 7, 5)
    assert found["gzip_bytes"] > 100 and found["latency_ms_p50"] > 0


def words(*layers, length=4):
    ids = keras.Input((length,), dtype="int32")
    x = keras.layers.Embedding(9, 3)(ids)
    for layer in layers:
        x = layer(x)
    return keras.Model(ids, keras.layers.Dense(2)(keras.ops.mean(x, axis=1)))


def test_multiplications_of_texts_only_where_all_are_counted():
    text = np.array(["a b"])
    layer = keras.layers.TextVectorization(output_sequence_length=4, vocabulary=["a"])

    def macs(model):
        found = model_facts(predictors.load(model, preprocessor=layer), text, {"latency_ms_p50": 1})
        assert found["parameters"] > 27
        return found.get("macs")

    assert macs(words()) == 6
    assert macs(words(keras.layers.Dense(5))) == 4 * 15 + 10
    assert macs(words(keras.layers.Dense(5), length=None)) is None
    assert macs(words(keras.layers.LSTM(5, return_sequences=True))) is None


def test_another_vocabulary_is_another_model():
    model = words()
    layers = [keras.layers.TextVectorization(vocabulary=[word]) for word in "aab"]
    first, again, other = (identity(predictors.load(model, preprocessor=layer)) for layer in layers)
    assert first == again != other


def test_nothing_is_said_of_a_model_whose_layers_cannot_be_seen():
    class Words(keras.Model):
        def call(self, ids):
            return keras.ops.one_hot(ids[:, 0], 5)

    layer = keras.layers.TextVectorization(output_sequence_length=4, vocabulary=["a"])
    predictor = predictors.load(Words(), preprocessor=layer)
    predictor.predict(["a b"])
    assert "macs" not in model_facts(predictor, np.array(["a b"]), {"latency_ms_p50": 1})

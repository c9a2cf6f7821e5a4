import keras
import numpy as np

from keras_distill.predictors import load
from keras_distill.robustness.measuring.measured_data import MeasuredData
from keras_distill.robustness.measuring.texts_cut import texts_cut


def test_counted_over_all_parts():
    texts = np.array(["one two three" if i % 3 else "one" for i in range(1100)])
    data = MeasuredData((texts, np.zeros(1100, int)))
    assert data.part_size < 1100
    layer = keras.layers.TextVectorization(output_sequence_length=2, vocabulary=["one"])
    predictor = load(lambda ids: np.ones((len(ids), 2)), "two", preprocessor=layer)
    assert texts_cut(predictor, data) == 733
    assert texts_cut(load(lambda texts: np.ones((len(texts), 2)), "all"), data) is None

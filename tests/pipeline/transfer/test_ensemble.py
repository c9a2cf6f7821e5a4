"""The teachers' mixture, fed by the names of their tokens."""

import keras
import numpy as np

from keras_distill.pipeline.transfer import ensemble


def test_it_is_the_mean_of_the_probabilities(trained):
    texts = ["the film is great", "a dull plot , really"]
    tokens = trained.preprocessor("teacher")(texts)
    assert list(tokens) == ["words"]
    each = [keras.ops.softmax(trained.model(f"teacher_{i}")(tokens["words"])) for i in (1, 2)]
    mixed = keras.ops.softmax(trained.model("teacher")(tokens))
    np.testing.assert_allclose(mixed, (each[0] + each[1]) / 2, atol=1e-6)


def test_it_comes_back_from_its_file(trained):
    tokens = trained.preprocessor("teacher")(["the film is great"])
    again = trained.fresh("teacher")
    np.testing.assert_allclose(again(tokens), trained.model("teacher")(tokens), atol=1e-6)


def test_it_needs_every_teacher(trained):
    assert ensemble.needs(trained.configuration) == ("teacher_1", "teacher_2")

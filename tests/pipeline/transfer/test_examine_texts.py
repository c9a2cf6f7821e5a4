"""A teacher of texts is looked at as it will be fed."""

import keras
import numpy as np

from keras_distill.pipeline.transfer.examine_texts import examine_texts


class _Turned:
    """A trained journey whose teacher has its classes the other way round."""

    def __init__(self, journey):
        self.splits = journey.splits
        model = journey.model("teacher_1")
        self._model = keras.Model(model.inputs, keras.ops.flip(model.outputs[0], axis=-1))
        self._words = journey.words

    def model(self, name):
        return self._model

    def preprocessor(self, name):
        return self._words


def test_accuracy_on_validation_texts(trained):
    look = examine_texts(trained, "teacher_1")
    right = [
        np.asarray(trained.model("teacher_1")(trained.words(x))).argmax(-1) == y.numpy()
        for x, y in trained.splits.validation
    ]
    assert look.accuracy == np.concatenate(right).mean()
    assert look.finding is None and not look.at_chance


def test_a_wrong_class_order_is_found(trained):
    look = examine_texts(_Turned(trained), "teacher_1")
    assert look.finding.setting == {"class_map": [1, 0]}

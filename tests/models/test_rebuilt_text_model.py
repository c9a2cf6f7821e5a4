import keras
import numpy as np
from keras import layers

from keras_distill.models.rebuilt_text_model import backbone_of, rebuilt_text_model


class Backbone(keras.Model):
    def __init__(self, words, **kwargs):
        ids = keras.Input((None,), dtype="int32")
        super().__init__(ids, layers.Embedding(words, 2, name="words")(ids), **kwargs)
        self.words = words

    @classmethod
    def from_config(cls, config):
        return cls(**config)

    def get_config(self):
        return {"words": self.words, "name": self.name}


class Task(keras.Model):
    def __init__(self, backbone, preprocessor=None, units=3, name=None):
        x = layers.Dense(units, name="logits")(backbone(backbone.input)[:, 0])
        super().__init__(backbone.input, x, name=name)
        self.backbone, self.preprocessor, self.units = backbone, preprocessor, units

    @classmethod
    def from_config(cls, config):
        return cls(**config)

    def get_config(self):
        return {"backbone": None, "preprocessor": None, "units": self.units, "name": self.name}


def test_all_weights_of_a_backbone_and_of_a_task():
    task = Task(Backbone(5), preprocessor=len)
    ids = np.array([[4], [2]])
    for model in (task, task.backbone):
        made, left = rebuilt_text_model(model, {}, lambda layer: layer.name)
        assert type(made) is type(model) and left == []
        np.testing.assert_array_equal(made(ids), model(ids))
        assert all(new is not old for new, old in zip(made.weights, model.weights, strict=True))
    made, _ = rebuilt_text_model(task, {}, lambda layer: layer.name)
    assert (made.units, made.preprocessor) == (3, len)
    assert rebuilt_text_model(task, {}, lambda layer: layer.name, max)[0].preprocessor is max


def test_what_has_another_shape_is_handed_back():
    task = Task(Backbone(5))
    made, left = rebuilt_text_model(task, {"words": 2}, lambda layer: layer.name)
    assert [(new.shape, old.shape) for new, old in left] == [((2, 2), (5, 2))]
    assert left[0][0] is made.backbone.weights[0] and left[0][1] is task.backbone.weights[0]


def test_backbone_of_a_task_and_of_itself():
    task = Task(Backbone(5))
    assert backbone_of(task) is backbone_of(task.backbone) is task.backbone

import re

import keras
import pytest

from keras_distill.compression import prune_low_magnitude, quantize_model, strip_pruning
from keras_distill.compression.graph.prerequisites import (
    check_backend,
    check_model,
    layers_with_paths,
)

VERBS = (prune_low_magnitude, strip_pruning, quantize_model)


def refused(verb, model):
    with pytest.raises(ValueError) as caught:
        verb(model)
    return str(caught.value)


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.__name__)
def test_a_model_that_is_not_built(verb):
    model = keras.Sequential([keras.layers.Dense(2)], name="raw")
    assert refused(verb, model) == (
        f"`{verb.__name__}` expects a built model, whose weights exist. Received: 'raw', not "
        "built. Give it an `keras.Input`, or call `model.build(input_shape)` first."
    )


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.__name__)
def test_a_tf_keras_model(verb):
    class Sequential:
        """Stands for Keras 2's class, whose import would cost seconds."""

    Sequential.__module__ = "tf_keras.src.engine.sequential"
    assert refused(verb, Sequential()) == (
        f"`{verb.__name__}` expects a Keras 3 model. Received: 'Sequential' of tf_keras (Keras "
        "2). Call TF-MOT's own verb on it, or rebuild it with `import keras` and copy its weights "
        "with `set_weights`."
    )


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.__name__)
def test_something_else(verb):
    assert refused(verb, "model.keras") == (
        f"`{verb.__name__}` expects a `keras.Model`. Received: 'model.keras' of type 'str'. Pass "
        "the model itself, for example `keras.models.load_model(path)`."
    )


def test_a_subclass():
    class Own(keras.Model):
        def build(self, shape):
            self.built = True

    model = Own(name="own")
    model.build((None, 2))
    sentence = (
        "`summary` expects a Functional or Sequential model. Received: 'own', a subclass ('Own') "
        "whose layers it cannot see. Call it on an input, `keras.Model(inputs, model(inputs))`: "
        "its layers are then found by path."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        check_model("summary", model)


def test_another_backend(monkeypatch):
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    sentence = (
        "`quantize_model` needs Keras's TensorFlow backend: it runs TF-MOT's own algorithms. "
        "Received: backend 'jax'. Set KERAS_BACKEND=tensorflow before the first import of keras; a "
        "model saved as `.keras` moves over as it is."
    )
    with pytest.raises(RuntimeError, match=f"^{re.escape(sentence)}$"):
        check_backend("quantize_model")


def test_paths_reach_into_nested_models():
    inner = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, name="a")], name="inner")
    model = keras.Sequential([keras.Input((3,)), inner, keras.layers.Dense(2, name="b")])
    assert [path for path, _ in layers_with_paths(model)] == ["inner/a", "b"]

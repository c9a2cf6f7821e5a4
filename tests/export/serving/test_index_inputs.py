import keras
import numpy as np
import pytest

from keras_distill.compression import quantize_model
from keras_distill.export import to_tflite
from keras_distill.export.serving.index_inputs import check_index_inputs

layers = keras.layers


def words(dtype, nested=False):
    tokens = keras.Input((6,), dtype=dtype)
    x = layers.Reshape((3, 2))(tokens)
    x = layers.Flatten()(x)
    x = layers.Embedding(20, 4, name="lookup")(x)
    if nested:
        inner = keras.Model(tokens, x, name="inner")
        tokens = keras.Input((6,), dtype=dtype)
        x = inner(tokens)
    x = layers.GlobalAveragePooling1D()(x)
    return keras.Model(tokens, layers.Dense(3)(x), name="words")


SENTENCE = (
    "The input of 'words' is of type float32, but its layer 'lookup' looks up whole numbers, "
    "which an int8 file must not round. Expected an input of type int32: build the model on "
    'keras.Input(..., dtype="int32"), give it the weights of this one, and export that.'
)


@pytest.mark.parametrize("prepare", [lambda model: model, quantize_model])
@pytest.mark.parametrize("nested", [False, True])
def test_an_embedding_that_is_fed_floats(prepare, nested, tmp_path):
    model = prepare(words("float32", nested))
    data = {} if prepare is quantize_model else {"calibration_data": np.zeros((4, 6), "float32")}
    with pytest.raises(ValueError) as caught:
        to_tflite(model, tmp_path / "x.tflite", "int8", **data)
    assert str(caught.value) == SENTENCE
    assert list(tmp_path.iterdir()) == []


def test_a_sequential_model():
    model = keras.Sequential([keras.Input((6,)), layers.Embedding(20, 4, name="lookup")])
    model.name = "words"
    with pytest.raises(ValueError) as caught:
        check_index_inputs(model)
    assert str(caught.value) == SENTENCE


def test_whole_numbers_and_models_that_look_nothing_up(plain):
    check_index_inputs(words("int32"))
    check_index_inputs(words("int32", nested=True))
    check_index_inputs(plain)
    # What is computed of the input is made into indices by the model itself.
    values = keras.Input((6,))
    x = layers.Embedding(20, 4)(keras.ops.cast(values * 19, "int32"))
    check_index_inputs(keras.Model(values, x))


def test_floats_beside_indices_pass():
    features, words = keras.Input((4,)), keras.Input((3,), dtype="int32")
    x = keras.layers.Flatten()(keras.layers.Embedding(5, 2)(words))
    check_index_inputs(keras.Model([features, words], keras.layers.Concatenate()([features, x])))


def test_floats_behind_another_input_are_seen():
    words, given = keras.Input((3,), dtype="int32"), keras.Input((3,))
    x = [keras.layers.Embedding(5, 2, name=n)(one) for n, one in (("a", words), ("b", given))]
    with pytest.raises(ValueError, match="but its layer 'b' looks up whole numbers"):
        check_index_inputs(keras.Model([words, given], keras.layers.Add()(x)))


class Composite(layers.Layer):
    """Looks up its last input and takes the others as they are."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.held = {"lookup": layers.Embedding(20, 4, name="lookup")}
        self.dense = layers.Dense(4)

    def build(self, shape):
        self.held["lookup"].build((None, 6))
        self.dense.build((None, 6))

    def call(self, inputs):
        features = inputs if isinstance(inputs, (list, tuple)) else [inputs]
        looked = self.held["lookup"](keras.ops.squeeze(features[-1][:, None], 1))
        return sum((self.dense(one)[:, None] for one in features[:-1]), looked)


@pytest.mark.parametrize("prepare", [lambda model: model, quantize_model])
@pytest.mark.parametrize("nested", [False, True])
def test_an_embedding_inside_a_composite_layer(prepare, nested, tmp_path):
    given = inner = keras.Input((6,))
    x = Composite()(inner)
    if nested:
        given = keras.Input((6,))
        x = keras.Model(inner, x)(given)
    model = keras.Model(given, layers.GlobalAveragePooling1D()(x), name="words")
    data = {} if prepare is quantize_model else {"calibration_data": np.zeros((4, 6), "float32")}
    with pytest.raises(ValueError) as caught:
        to_tflite(prepare(model), tmp_path / "x.tflite", "int8", **data)
    assert str(caught.value) == SENTENCE
    assert list(tmp_path.iterdir()) == []
    assert not any("call" in vars(layer) for layer in model._flatten_layers())


def test_a_composite_whose_embedding_another_input_feeds():
    values, words = keras.Input((6,), name="v"), keras.Input((6,), dtype="int32", name="w")
    check_index_inputs(keras.Model([values, words], Composite()([values, words])))
    check_index_inputs(keras.Model({"v": values, "w": words}, Composite()([values, words])))
    with pytest.raises(ValueError, match="layer 'lookup' looks up"):
        check_index_inputs(keras.Model([words, values], Composite()([words, values])))


def test_a_composite_in_half_precision():
    values = keras.Input((6,))
    with pytest.raises(ValueError, match="layer 'lookup' looks up"):
        check_index_inputs(keras.Model(values, Composite(dtype="mixed_float16")(values)))


def test_an_embedding_that_is_turned_round_multiplies():
    class Turned(layers.Embedding):
        def call(self, inputs, reverse=False):
            return inputs @ keras.ops.transpose(self.embeddings) if reverse else inputs

        def compute_output_spec(self, inputs, reverse=False):
            return keras.KerasTensor((None, 20 if reverse else 4))

    values = keras.Input((4,))
    for reverse in ({"reverse": True}, {}):
        layer = Turned(20, 4, name="lookup")
        layer.build()
        model = keras.Model(values, layer(values, **reverse))
        if reverse:
            check_index_inputs(model)
        else:
            with pytest.raises(ValueError, match="layer 'lookup' looks up"):
                check_index_inputs(model)


@pytest.mark.parametrize(
    "moved",
    [
        layers.Cropping1D(1),
        layers.Permute((2, 1)),
        layers.ZeroPadding1D(1),
        layers.Identity(),
        layers.Dropout(0.5),
        lambda x: layers.RepeatVector(3)(layers.Flatten()(x)),
        lambda x: keras.ops.concatenate([x, x[:, ::-1]]),
        lambda x: keras.ops.stack(keras.ops.split(x, 2, 1)),
    ],
)
def test_what_only_moves_values_leaves_them_what_they_were(moved):
    values = keras.Input((6, 2))
    x = layers.Embedding(20, 4, name="lookup")(moved(values))
    with pytest.raises(ValueError, match="layer 'lookup' looks up"):
        check_index_inputs(keras.Model(values, x))


def test_an_embedding_of_constant_positions():
    """As KerasHub's vision transformers have it: the positions are an array of the layer's own."""

    class Positions(layers.Layer):
        def __init__(self):
            super().__init__()
            self.lookup = layers.Embedding(6, 2, name="lookup")
            self.positions = keras.ops.arange(6)

        def build(self, shape):
            self.lookup.build()

        def call(self, inputs):
            return inputs + self.lookup(self.positions)

    values = keras.Input((6, 2))
    check_index_inputs(keras.Model(values, Positions()(values)))


def test_of_a_model_of_own_code_nothing_is_known():
    class Own(keras.Model):
        def call(self, inputs):
            return inputs

    check_index_inputs(Own())

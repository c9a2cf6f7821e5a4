import keras
import pytest

from keras_distill import _tfmot
from keras_distill.compression.sparsity.prunable_weights import (
    PRUNABLE_TYPES,
    has_no_kernel,
    is_prunable,
    prunable_weights,
    why_not,
)


def test_the_table_is_tfmots_registry_by_name():
    registry = _tfmot.PruneRegistry
    theirs = {kind.__name__: names for kind, names in registry._LAYERS_WEIGHTS_MAP.items()}
    recurrent = {kind.__name__ for kind in registry._RNN_LAYERS}
    # Of several kernels in parts of its own: it is pruned as a composite.
    del theirs["MultiHeadAttention"]
    for name, names in theirs.items():
        kind = getattr(keras.layers, name, None)
        if kind is None:  # gone from Keras 3
            continue
        assert (kind in PRUNABLE_TYPES) == bool(names), name
        if not names:
            assert has_no_kernel(_bare(kind)), name
    assert {kind.__name__ for kind in PRUNABLE_TYPES} - recurrent - {"EinsumDense"} <= set(theirs)
    assert recurrent <= {kind.__name__ for kind in PRUNABLE_TYPES}


def _bare(kind):
    return kind.__new__(kind)


@pytest.mark.parametrize(
    "layer, shape, names",
    [
        (keras.layers.SeparableConv2D(4, 3), (None, 6, 6, 2), ["pointwise_kernel"]),
        (keras.layers.Embedding(5, 4), (None, 3), ["embeddings"]),
        (keras.layers.GRU(4), (None, 3, 2), ["kernel", "recurrent_kernel"]),
        (
            keras.layers.RNN([keras.layers.LSTMCell(2), keras.layers.SimpleRNNCell(2)]),
            (None, 3, 2),
            ["kernel", "recurrent_kernel"] * 2,
        ),
        (keras.layers.DepthwiseConv2D(3), (None, 6, 6, 2), []),
    ],
)
def test_variables_in_order(layer, shape, names):
    layer.build(shape)
    assert [weight.path.split("/")[-1] for weight in prunable_weights(layer)] == names
    assert is_prunable(layer) == bool(names)


def test_a_cell_of_ones_own_is_pruned_only_when_it_says_what():
    class Cell(keras.layers.SimpleRNNCell):
        pass

    class Saying(keras.layers.SimpleRNNCell):
        def get_prunable_weights(self):
            return [self.kernel]

    assert not is_prunable(keras.layers.RNN(Cell(2)))
    layer = keras.layers.RNN(Saying(2))
    layer.build((None, 3, 2))
    assert is_prunable(layer) and prunable_weights(layer) == [layer.cell.kernel]


def test_reasons():
    depthwise = keras.layers.DepthwiseConv2D(3)
    both = keras.layers.Bidirectional(keras.layers.LSTM(2))
    depthwise.build((None, 6, 6, 2))
    both.build((None, 6, 2))
    assert why_not(depthwise) == "TF-MOT prunes no depthwise kernels"
    assert why_not(both) == "TF-MOT has no kernel to prune in Bidirectional"
    assert why_not(keras.layers.ReLU()) is None


def test_something_else_than_variables():
    class Wrong(keras.layers.Layer):
        def get_prunable_weights(self):
            return ["kernel"]

    with pytest.raises(ValueError) as caught:
        prunable_weights(Wrong(name="wrong"))
    assert str(caught.value) == (
        "`get_prunable_weights()` must return a list of the layer's own variables. Received: "
        "'kernel' from layer 'wrong'. Return what `add_weight` returned, for example "
        "`[self.kernel]`."
    )

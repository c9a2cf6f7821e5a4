import keras
import pytest

from keras_distill import _tfmot
from keras_distill.compression.clustering.clusterable_kernels import (
    _CELLS,
    _KERNELS,
    _RECURRENT,
    clusterable_kernels,
    is_clusterable,
    why_not_clustered,
)


def test_the_kernels_are_those_of_tfmots_registry():
    _ = _tfmot.ClusteringAlgorithm
    from tensorflow_model_optimization.python.core.clustering.keras import clustering_registry

    registry = clustering_registry.ClusteringRegistry
    theirs = {
        kind.__name__: names[0]
        for kind, names in registry._LAYERS_WEIGHTS_MAP.items()
        # Keras 3 has no locally connected layers.
        if names and not kind.__name__.startswith("LocallyConnected")
    }
    # What a MultiHeadAttention is made of; TF-MOT names these kernels in a list of its own.
    theirs["EinsumDense"] = "kernel"
    assert {kind.__name__: name for kind, name in _KERNELS.items()} == theirs
    recurrent = {kind.__name__ for kind in registry._SUPPORTED_RNN_LAYERS}
    assert {kind.__name__ for kind in _RECURRENT} == recurrent
    cells = {kind.__name__ for kind in registry._SUPPORTED_RNN_CELLS}
    assert {kind.__name__ for kind in _CELLS} == cells - {"StackedRNNCells", "Bidirectional"}


@pytest.mark.parametrize(
    "layer, names",
    [
        (keras.layers.LSTM(2), ["kernel", "recurrent_kernel"]),
        (
            keras.layers.Bidirectional(keras.layers.GRU(2)),
            [
                "forward_kernel",
                "forward_recurrent_kernel",
                "backward_kernel",
                "backward_recurrent_kernel",
            ],
        ),
        (
            keras.layers.RNN([keras.layers.GRUCell(2), keras.layers.LSTMCell(3)]),
            [
                "cell_0_kernel",
                "cell_0_recurrent_kernel",
                "cell_1_kernel",
                "cell_1_recurrent_kernel",
            ],
        ),
        (keras.layers.SeparableConv1D(2, 3), ["pointwise_kernel"]),
    ],
    ids=["lstm", "bidirectional", "stacked", "separable"],
)
def test_kernels_by_name(layer, names):
    layer.build((None, 5, 3))
    kernels = clusterable_kernels(layer)
    assert list(kernels) == names
    assert len({id(kernel) for kernel in kernels.values()}) == len(names)


def test_what_is_left_alone_has_its_reason():
    class Cell(keras.layers.LSTMCell):
        pass

    assert not is_clusterable(keras.layers.RNN(Cell(2)))
    norm = keras.layers.BatchNormalization()
    norm.build((None, 3))
    assert why_not_clustered(norm) is None
    attention = keras.layers.MultiHeadAttention(2, 2)
    attention.build((None, 3, 4), (None, 3, 4))
    assert why_not_clustered(attention) == (
        "the kernels inside it were not chosen, or need no clusters"
    )
    dot = keras.layers.EinsumDense("ab,bc->ac", 4)
    dot.build((None, 3))
    assert why_not_clustered(dot) == "a kernel of 12 weights was not chosen, or needs no clusters"
    spread = keras.layers.TimeDistributed(keras.layers.Dense(4))
    spread.build((None, 2, 3))
    assert why_not_clustered(spread) == "TF-MOT has no kernel to cluster in TimeDistributed"

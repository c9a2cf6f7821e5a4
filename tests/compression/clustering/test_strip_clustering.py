import keras
import numpy as np
import pytest

from keras_distill.compression import cluster_weights, strip_clustering


def test_only_stock_layers_and_the_same_predictions(build, quadrants):
    images, labels = quadrants(64, 8)
    model = keras.Sequential([keras.Input((8, 8, 1)), build("residual"), keras.layers.Dense(4)])
    clustered = cluster_weights(model, 8, cluster_per_channel=True)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    clustered.compile("adam", loss, run_eagerly=True)
    clustered.fit(images, labels, verbose=0)
    stripped = strip_clustering(clustered)
    assert all(
        type(layer).__module__.startswith("keras.src.") for layer in stripped._flatten_layers()
    )
    np.testing.assert_array_equal(stripped(images), clustered(images))
    kernel = np.asarray(stripped.layers[0].get_layer("conv_2").kernel)
    assert [len(np.unique(kernel[..., channel])) for channel in range(8)] == [8] * 8
    # What the optimizer trains behind it is not clustered; only the strip makes it so.
    raw = np.asarray(clustered.layers[0].get_layer("conv_2").layer.kernel)
    assert len(np.unique(raw)) > 64


def test_stripping_what_was_never_wrapped(build):
    with pytest.raises(ValueError) as caught:
        strip_clustering(build("mlp"))
    assert str(caught.value) == (
        "`strip_clustering` expects a model made by `cluster_weights`. Received: 'mlp', none of "
        "whose layers is being clustered. There is nothing to strip; use the model as it is."
    )

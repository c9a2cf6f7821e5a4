import keras
import numpy as np
import pytest

from keras_distill.compression import PolynomialDecay, prune_low_magnitude, strip_pruning


def test_only_stock_layers_and_the_same_predictions(build, quadrants):
    images, labels = quadrants(64, 8)
    model = keras.Sequential([keras.Input((8, 8, 1)), build("residual"), keras.layers.Dense(4)])
    pruned = prune_low_magnitude(model, PolynomialDecay(0, 0.75, 0, 2, frequency=1))
    pruned.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    pruned.fit(images, labels, verbose=0)
    stripped = strip_pruning(pruned)
    flat = stripped._flatten_layers()
    assert all(type(layer).__module__.startswith("keras.src.") for layer in flat)
    difference = stripped.predict(images, verbose=0) - pruned.predict(images, verbose=0)
    assert np.abs(difference).max() <= 1e-6
    # The optimizer has moved the masked weights; only the strip brings the zeros back.
    raw = np.asarray(pruned.layers[0].get_layer("conv_1").kernels[0])
    assert (np.asarray(stripped.layers[0].get_layer("conv_1").kernel) == 0).mean() == 0.75
    assert (raw == 0).mean() < 0.75


def test_stripping_what_was_never_wrapped(build):
    with pytest.raises(ValueError) as caught:
        strip_pruning(build("mlp"))
    assert str(caught.value) == (
        "`strip_pruning` expects a model made by `prune_low_magnitude`. Received: 'mlp', none of "
        "whose layers is being pruned. There is nothing to strip; use the model as it is."
    )

"""Losses of regularized models, and steps of shared layers, against TF-MOT's on a twin."""

import importlib.util
import pathlib

import keras
import numpy as np
import pytest

from keras_distill import _tfmot
from keras_distill.compression import (
    ConstantSparsity,
    PolynomialDecay,
    cluster_weights,
    prune_low_magnitude,
    quantize_model,
)

TWIN = pathlib.Path(__file__).parent / "quantization" / "twin.py"
_spec = importlib.util.spec_from_file_location("twin", TWIN)
twin = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(twin)


def regularized(layers, make, start):
    image = start((6, 6, 2), name="image")
    conv = layers.Conv2D(3, 3, activation="relu", kernel_regularizer="l2", name="conv")
    x = layers.Flatten(name="flatten")(conv(image))
    return make(image, layers.Dense(3, kernel_regularizer="l1", name="head")(x))


def shared(layers, make, start):
    image = start((4,), name="image")
    dense = layers.Dense(4, name="shared")
    return make(image, layers.Dense(3, name="head")(dense(dense(image))))


def pair(build):
    keras.utils.set_random_seed(0)
    model = build(layers=keras.layers, make=keras.Model, start=keras.Input)
    other = twin.keras_twin(build)
    twin.copy_weights(model, other)
    return model, other


def verbs(kind):
    """The same preparation by us and by TF-MOT, and callbacks of the latter."""
    _ = _tfmot.Pruning
    from tensorflow_model_optimization.python.core.clustering.keras import cluster, cluster_config
    from tensorflow_model_optimization.python.core.sparsity.keras import prune, pruning_callbacks

    if kind == "pruned":
        schedule = ConstantSparsity(0.5, 0, frequency=1)
        theirs = prune.prune_low_magnitude
        callbacks = [pruning_callbacks.UpdatePruningStep()]
        return (
            lambda model: prune_low_magnitude(model, schedule),
            lambda model: theirs(model, schedule),
            callbacks,
        )
    if kind == "clustered":
        linear = cluster_config.CentroidInitialization.LINEAR
        return (
            lambda model: cluster_weights(model, 4, "LINEAR"),
            lambda model: cluster.cluster_weights(model, 4, linear),
            [],
        )
    return quantize_model, twin.quantized_twin, []


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", ["pruned", "clustered", "quantized"])
def test_losses_in_training_and_evaluation_are_tfmots(kind):
    import tf_keras

    ours, theirs = pair(regularized)
    prepare, their_prepare, callbacks = verbs(kind)
    ours, theirs = prepare(ours), their_prepare(theirs)
    ours.compile(keras.optimizers.SGD(0.05), "mse")
    theirs.compile(tf_keras.optimizers.SGD(0.05), "mse")
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(8, 6, 6, 2)).astype("float32"), rng.normal(size=(8, 3))
    given = {"batch_size": 4, "epochs": 2, "shuffle": False, "verbose": 0}
    given["validation_data"] = (x, y)
    made = ours.fit(x, y, **given).history
    expected = theirs.fit(x, y, callbacks=callbacks, **given).history
    for key in ("loss", "val_loss"):
        np.testing.assert_allclose(made[key], expected[key], rtol=1e-5)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_layer_in_two_places_counts_as_tfmots_does():
    import tf_keras

    ours, theirs = pair(shared)
    _, prepare, callbacks = verbs("pruned")
    schedule = PolynomialDecay(0.1, 0.75, begin_step=2, end_step=9, frequency=1)
    ours = prune_low_magnitude(ours, schedule)
    from tensorflow_model_optimization.python.core.sparsity.keras import prune

    theirs = prune.prune_low_magnitude(theirs, schedule)
    ours.compile(keras.optimizers.SGD(0.05), "mse")
    theirs.compile(tf_keras.optimizers.SGD(0.05), "mse")
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(12, 4)).astype("float32"), rng.normal(size=(12, 3))
    given = {"batch_size": 4, "shuffle": False, "verbose": 0}
    ours.fit(x, y, **given)
    theirs.fit(x, y, callbacks=callbacks, **given)
    for name, steps in (("shared", 6), ("head", 3)):
        one, other = ours.get_layer(name), theirs.get_layer(f"prune_low_magnitude_{name}")
        assert int(one.pruning_step) == int(other.pruning_step) == steps
        mask = other.pruning_vars[0][1].numpy()
        np.testing.assert_array_equal(one.masks[0], mask)
        assert 0.1 < np.mean(mask == 0) < 0.75

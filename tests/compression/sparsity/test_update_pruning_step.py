import importlib

import keras
import numpy as np
import pytest

import keras_distill as kd
from keras_distill import _tfmot
from keras_distill.compression import ConstantSparsity, UpdatePruningStep, prune_low_magnitude


def fitted(build, callbacks, wrap=lambda model: model):
    rng = np.random.default_rng(0)
    images, labels = rng.normal(size=(32, 12)), rng.integers(0, 4, 32)
    keras.utils.set_random_seed(1)
    model = build("mlp")
    pruned = prune_low_magnitude(model, ConstantSparsity(0.5, 0, frequency=2))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    wrapped = wrap(pruned)
    wrapped.compile(keras.optimizers.SGD(0.05, momentum=0.9), loss)
    wrapped.fit(images, labels, batch_size=8, epochs=2, shuffle=False, verbose=0,
                callbacks=callbacks)  # fmt: skip
    return pruned


def test_zeros_lie_in_the_kernels_and_nothing_else_changes(build):
    without, with_it = (fitted(build, calls) for calls in ([], [UpdatePruningStep()]))
    for one, two in zip(without.layers, with_it.layers, strict=True):
        if hasattr(one, "masks"):
            assert int(one.pruning_step) == int(two.pruning_step) == 8
            np.testing.assert_array_equal(one.masks[0], two.masks[0])
            masked = np.asarray(one.kernels[0]) * np.asarray(one.masks[0])
            np.testing.assert_array_equal(masked, two.kernels[0])
            assert (np.asarray(two.kernels[0]) == 0).mean() == 0.5
            assert (np.asarray(one.kernels[0]) == 0).mean() < 0.5


def test_inside_a_distiller(build):
    pruned = fitted(build, [UpdatePruningStep()],
                    lambda model: kd.Distiller(build("mlp"), model))  # fmt: skip
    assert (np.asarray(pruned.get_layer("head").kernels[0]) == 0).mean() == 0.5


def test_a_model_that_is_not_pruned_is_left_alone(build):
    model = build("mlp")
    model.compile("sgd", "mse")
    x, y = np.ones((4, 12)), np.ones((4, 4))
    model.fit(x, y, verbose=0, callbacks=[UpdatePruningStep()])


@pytest.mark.slow
def test_tfmots_own_callback_changes_nothing(build):
    module = _tfmot.Pruning.__module__.replace("pruning_impl", "pruning_callbacks")
    callback = importlib.import_module(module).UpdatePruningStep()
    without, with_it = (fitted(build, calls) for calls in ([], [callback]))
    for one, two in zip(without.weights, with_it.weights, strict=True):
        np.testing.assert_array_equal(one, two)

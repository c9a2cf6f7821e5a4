import dataclasses
import json
import re

import keras
import numpy as np
import pytest

from keras_distill.corruptions import get, names
from keras_distill.corruptions.mnist import MnistCorruption
from keras_distill.corruptions.names import BUILT

ALL = [name for name, kind in BUILT.items() if issubclass(kind, MnistCorruption)]


def raises(sentence):
    return pytest.raises(ValueError, match="^" + re.escape(sentence) + "$")


def test_the_suite_is_whole():
    assert sorted(names("mnist_c")) == sorted(ALL) and len(ALL) == 15
    # In the order of MNIST-C's own list.
    assert names("mnist_c")[:2] == ["mnist_c/shot_noise", "mnist_c/impulse_noise"]


@pytest.mark.parametrize("rng", ["fast", "reference"])
@pytest.mark.parametrize("name", ALL)
def test_bytes_depend_on_seed_and_example_alone(name, rng, digits):
    corruption = get(name, 1, rng=rng)
    for given in (digits, digits / 255.0):
        before = given.copy()
        whole = corruption(given, seed=7)
        for order in ([2, 0], [1]):
            part = corruption(given[order], seed=7, indices=order)
            np.testing.assert_array_equal(part, whole[order])
        np.testing.assert_array_equal(given, before)
    if corruption.random:
        many = [0] * 12
        first, second = (corruption(digits[many], seed=seed) for seed in (7, 8))
        assert (first != second).any() and len(np.unique(first, axis=0)) > 1


@pytest.mark.parametrize("name", ALL)
def test_shape_kind_and_range(name, digits):
    made = get(name, 1)(digits, seed=0)
    assert made.dtype == np.uint8 and made.shape == digits.shape and (made != digits).any()
    floats = get(name, 1)(digits / 255.0, seed=0)
    assert floats.dtype == np.float32 and floats.min() >= 0 and floats.max() <= 1
    # Cut off to whole grey levels, otherwise the same.
    np.testing.assert_allclose(made, floats * 255, atol=1.0 + 1e-4)
    assert get(name, 1)(digits[:0], seed=0).shape == (0, 28, 28, 1)


@pytest.mark.parametrize("name", ALL)
def test_frozen_and_json_round_trip(name):
    corruption = get(name, 1, rng="reference")
    config = json.loads(json.dumps(corruption.get_config()))
    assert config == {"name": name, "severity": 1, "profile": None, "rng": "reference"}
    assert type(corruption).from_config(config) == corruption
    # ImageNet-C has classes of the same names: the saved one is not taken for those.
    saved = json.loads(json.dumps(keras.saving.serialize_keras_object(corruption)))
    loaded = keras.saving.deserialize_keras_object(saved)
    assert loaded == corruption and type(loaded) is BUILT[name]
    with pytest.raises(dataclasses.FrozenInstanceError):
        corruption.severity = 2


def test_the_one_table_is_recorded(digits):
    assert get("mnist_c/shear", 1).profile_for(digits) == "mnist28"


@pytest.mark.parametrize("severity", [0, 2, 5, 6, True, 1.5])
def test_other_severities(severity):
    with raises(
        "MNIST-C has one severity of each corruption: give 'mnist_c/shear' severity=1. Received: "
        f"severity={severity!r}."
    ):
        get("mnist_c/shear", severity)


def test_no_profile_and_no_other_rng():
    with raises(
        "MNIST-C has one table of constants: leave `profile` of 'mnist_c/scale' None. Received: "
        "profile='cifar32'."
    ):
        get("mnist_c/scale", 1, profile="cifar32")
    with raises('`rng` must be "fast" or "reference". Received: rng=\'slow\'.'):
        get("mnist_c/scale", 1, rng="slow")


@pytest.mark.parametrize("shape", [(2, 32, 32, 1), (2, 28, 28, 3), (2, 28, 20, 1)])
def test_other_sizes(shape):
    with raises(
        f"'mnist_c/scale' is defined for images of shape (n, 28, 28, 1). Received: shape {shape}. "
        "Resize the images, or use the corruptions of ImageNet-C."
    ):
        get("mnist_c/scale", 1)(np.zeros(shape), seed=0)


def test_other_kinds():
    with raises(
        "Expected float images in [0, 1]. Received: values from 9 to 9. Corrupt the images before "
        "they are scaled for a model."
    ):
        get("mnist_c/scale", 1)(np.full((1, 28, 28, 1), 9.0), seed=0)

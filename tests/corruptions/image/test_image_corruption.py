import dataclasses
import json
import re

import keras
import numpy as np
import pytest

from keras_distill.corruptions import ImageCorruption, get
from keras_distill.corruptions.names import BUILT

# MNIST-C has one severity and one size: tests/corruptions/mnist.
ALL = [
    name
    for name, kind in BUILT.items()
    if issubclass(kind, ImageCorruption) and not name.startswith("mnist_c/")
]
# Those that draw each channel value on its own, so that values of one input are a sample.
NOISES = ["gaussian_noise", "shot_noise", "impulse_noise", "speckle_noise"]


@pytest.fixture
def images():
    return np.random.default_rng(0).random((5, 28, 30, 3))


@pytest.mark.parametrize("name", ALL)
def test_bytes_depend_on_seed_and_example_alone(name, images):
    corruption = get(name, 3)
    for given in (images, (images * 255).astype(np.uint8)):
        whole = corruption(given, seed=7)
        for order in ([4, 0, 2], [1]):
            part = corruption(given[order], seed=7, indices=order)
            np.testing.assert_array_equal(part, whole[order])
        np.testing.assert_array_equal(get(name, 3)(given, seed=7), whole)
    whole = corruption(images, seed=7)
    if corruption.random:
        assert (corruption(images, seed=8) != whole).any()
        # More than two, as some draw one of three.
        copies = corruption(np.repeat(images[:1], 12, axis=0), seed=7)
        assert (copies != copies[:1]).any()


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("channels", [1, 3])
def test_shape_kind_and_range(name, channels, images):
    images = images[..., :channels]
    made = get(name, 5)(images, seed=0)
    assert made.shape == images.shape and made.dtype == np.float32
    assert made.min() >= 0 and made.max() <= 1 and (made != images.astype("float32")).any()
    as_bytes = get(name, 5)((images * 255).astype(np.uint8), seed=0)
    assert as_bytes.dtype == np.uint8 and as_bytes.shape == images.shape


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("shape", [(28, 28, 1), (32, 32, 3), (45, 37, 3)])
def test_one_image_alone_is_as_among_sixty_four(name, shape):
    rng = np.random.default_rng(1)
    corruption = get(name, 3, profile=next(iter(BUILT[name].constants)))
    images = rng.integers(0, 256, (64, *shape), np.uint8)
    order = rng.permutation(64)
    for given in (images, rng.random(images.shape, "float32")):
        whole = corruption(given, seed=7)
        shuffled = corruption(given[order], seed=7, indices=order)
        np.testing.assert_array_equal(shuffled, whole[order])
        for part in ([0], [21], [63], range(5, 14)):
            np.testing.assert_array_equal(
                corruption(given[part], seed=7, indices=part), whole[part]
            )


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("rng", ["fast", "reference"])
def test_any_size_profile_and_extreme(name, rng):
    noise = np.random.default_rng(2)
    for profile in BUILT[name].constants:
        for height, width, channels in [(28, 28, 1), (45, 37, 3), (64, 100, 1), (121, 64, 3)]:
            shape = (1, height, width, channels)
            corruption = get(name, 5, profile=profile, rng=rng)
            for image in (np.zeros(shape), np.ones(shape), noise.random(shape)):
                made = corruption(image, seed=0)
                assert made.dtype == np.float32 and made.shape == shape
                # False for NaN too.
                assert made.min() >= 0.0 and made.max() <= 1.0
                made = corruption((image * 255).astype(np.uint8), seed=0)
                assert made.dtype == np.uint8 and made.shape == shape


@pytest.mark.parametrize("name", ALL)
def test_half_a_thousand_pixels_a_side(name):
    image = np.random.default_rng(3).integers(0, 256, (1, 512, 384, 3), np.uint8)
    profile = list(BUILT[name].constants)[-1]
    made = get(name, 1, profile=profile)(image, seed=0)
    assert made.dtype == np.uint8 and made.shape == image.shape and (made != image).any()


@pytest.mark.parametrize("name", NOISES)
@pytest.mark.parametrize("profile", ["cifar32", "tiny64", "imagenet224"])
def test_fast_draws_are_distributed_as_the_references(name, profile):
    # 200 images of 24 grey levels: 25,600 values of each.
    levels = np.linspace(0, 255, 24).astype(np.uint8)
    images = np.tile(np.repeat(levels, 128).reshape(1, 32, 32, 3), (200, 1, 1, 1))
    fast, reference = (
        get(name, 3, profile=profile, rng=rng)(images, seed=5).astype(np.int64)
        for rng in ("fast", "reference")
    )
    for level in levels:
        a, b = fast[images == level], reference[images == level]
        count = a.size
        middle = (a.mean() + b.mean()) / 2
        spread = ((a - middle) ** 2).mean() / 2 + ((b - middle) ** 2).mean() / 2
        fourth = ((a - middle) ** 4).mean() / 2 + ((b - middle) ** 4).mean() / 2
        assert abs(a.mean() - b.mean()) <= 4.5 * np.sqrt(2 * spread / count)
        assert abs(a.var() - b.var()) <= 4.5 * np.sqrt(2 * max(fourth - spread**2, 0) / count)
        # Kolmogorov and Smirnov at 1 in 10,000; bytes have ties, which only make it stricter.
        histograms = [np.bincount(each, minlength=256).cumsum() / count for each in (a, b)]
        distance = np.abs(histograms[0] - histograms[1]).max()
        assert distance <= np.sqrt(-np.log(0.5e-4) / count)


# Saturate's first two severities are paler, the others stronger. The reference's own table of
# elastic_transform goes the other way at 32 pixels: mean distance 34.5 levels at severity 1, 22.0
# at severity 5 (200 seeds).
@pytest.mark.parametrize(
    "name", [name for name in ALL if name not in ("saturate", "elastic_transform")]
)
def test_strongest_is_further_away_than_slightest(name, images):
    distance = [np.abs(get(name, s)(images, seed=0) - images).mean() for s in (1, 5)]
    assert distance[0] < distance[1]


@pytest.mark.parametrize("name", ALL)
def test_frozen_and_json_round_trip(name):
    corruption = get(name, 2, profile="cifar32")
    config = json.loads(json.dumps(corruption.get_config()))
    assert config == {"name": name, "severity": 2, "profile": "cifar32", "rng": "fast"}
    assert type(corruption).from_config(config) == corruption
    saved = json.loads(json.dumps(keras.saving.serialize_keras_object(corruption)))
    assert keras.saving.deserialize_keras_object(saved) == corruption
    assert hash(corruption) == hash(get(name, 2, profile="cifar32"))
    with pytest.raises(dataclasses.FrozenInstanceError):
        corruption.severity = 3


def test_input_is_not_written_to(images):
    before = images.copy()
    for name in ALL:
        get(name, 5)(images, seed=0)
    np.testing.assert_array_equal(images, before)


def test_empty_batch():
    for name in ALL:
        assert get(name, 1)(np.zeros((0, 8, 8, 1)), seed=0).shape == (0, 8, 8, 1)


def raises(sentence):
    return pytest.raises(ValueError, match="^" + re.escape(sentence) + "$")


def test_wrong_profile_and_rng():
    with raises(
        "`profile` must be one of cifar32, tiny64, imagenet224, or None to choose by the size of "
        "the images. Received: profile='cifar'."
    ):
        get("contrast", 1, profile="cifar")
    with raises('`rng` must be "fast" or "reference". Received: rng=\'slow\'.'):
        get("contrast", 1, rng="slow")


@pytest.mark.parametrize(
    "side, profile",
    [(28, "cifar32"), (48, "cifar32"), (49, "tiny64"), (120, "tiny64"), (121, "imagenet224")],
)
def test_profile_goes_by_the_larger_side(side, profile):
    class Shift(ImageCorruption):
        name = "shift"
        constants = {"cifar32": (0.1,) * 5, "tiny64": (0.2,) * 5, "imagenet224": (0.3,) * 5}

        def apply(self, images, constant, draws):
            return images + constant

    images = np.zeros((1, side, 8, 1))
    assert Shift(1).profile_for(images) == profile
    np.testing.assert_allclose(Shift(1)(images, seed=0), Shift.constants[profile][0])
    np.testing.assert_allclose(Shift(1, profile="tiny64")(images, seed=0), 0.2)


def test_table_of_another_size_is_missing():
    class Shift(ImageCorruption):
        name = "shift"
        constants = {"cifar32": (0.1,) * 5}

    with raises("'shift' has no table of constants 'tiny64'. Expected one of: cifar32."):
        Shift(1)(np.zeros((1, 64, 64, 1)), seed=0)


@pytest.mark.parametrize(
    "images, sentence",
    [
        (
            np.zeros((4, 8, 8)),
            "Expected images of shape (n, height, width, channels) with 1 or 3 channels. Received: "
            "shape (4, 8, 8).",
        ),
        (
            np.zeros((4, 8, 8, 1), "int64"),
            "Expected float images in [0, 1] or uint8 images, so that the scale is plain. "
            "Received: dtype int64. Convert with images.astype('uint8') or divide by 255.",
        ),
        (
            np.full((4, 8, 8, 1), 255.0),
            "Expected float images in [0, 1]. Received: values from 255 to 255. Corrupt the images "
            "before they are scaled for a model.",
        ),
        (
            np.full((4, 8, 8, 1), np.nan),
            "Expected float images in [0, 1]. Received: values from nan to nan. Corrupt the images "
            "before they are scaled for a model.",
        ),
    ],
)
def test_wrong_images(images, sentence):
    with raises(sentence):
        get("contrast", 1)(images, seed=0)


def test_wrong_number_of_indices():
    with raises("Expected one index for each image. Received: 2 images and 1 indices."):
        get("contrast", 1)(np.zeros((2, 8, 8, 1)), seed=0, indices=[0])


def test_class_of_ones_own():
    class Darker(ImageCorruption):
        name = "darker"
        constants = {"cifar32": (0.1, 0.2, 0.3, 0.4, 0.5)}

        def apply(self, images, constant, draws):
            return images - constant

    made = Darker(2)(np.full((1, 4, 4, 1), 0.7), seed=0)
    np.testing.assert_allclose(made, 0.5, rtol=1e-6)

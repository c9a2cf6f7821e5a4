import re

import pytest

from keras_distill.corruptions import get, names


def test_quick_is_everything_built_and_every_name_is_a_corruption():
    assert len(names("quick")) == 10
    assert set(names()) == set(names("quick"))
    assert [get(name, 1).name for name in names()] == names()


@pytest.mark.parametrize(
    "suite, sentence",
    [
        (
            "imagenet_c",
            "The suite 'imagenet_c' is not complete: 7 of its 15 corruptions are built "
            "(gaussian_noise, shot_noise, impulse_noise, brightness, contrast, pixelate, "
            'jpeg_compression). Use "quick", or name the corruptions.',
        ),
        (
            "imagenet_c_extra",
            "The suite 'imagenet_c_extra' is not complete: 1 of its 4 corruptions are built "
            '(gaussian_blur). Use "quick", or name the corruptions.',
        ),
        (
            "mnist_c",
            "The suite 'mnist_c' is not complete: 0 of its 15 corruptions are built (none). Use "
            '"quick", or name the corruptions.',
        ),
        (
            "text",
            "The suite 'text' is not complete: 0 of its 7 corruptions are built (none). Use "
            '"quick", or name the corruptions.',
        ),
        (
            "imagenet-c",
            "Expected a suite of corruptions: quick, imagenet_c, imagenet_c_extra, mnist_c, text. "
            "Received: 'imagenet-c'.",
        ),
    ],
)
def test_incomplete_and_unknown_suites(suite, sentence):
    with pytest.raises(ValueError, match="^" + re.escape(sentence) + "$"):
        names(suite)

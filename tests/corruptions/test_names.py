import re

import pytest

from keras_distill.corruptions import get, names


def test_quick_is_the_ten_of_the_demo():
    assert (
        names("quick")
        == (
            "gaussian_noise shot_noise impulse_noise gaussian_blur brightness contrast pixelate "
            "jpeg_compression missing_patch missing_rows"
        ).split()
    )


def test_every_name_is_a_corruption():
    assert set(names("quick")) <= set(names())
    assert [get(name, 1).name for name in names()] == names()


def test_unknown_suite():
    sentence = (
        "Expected a suite of corruptions: quick, imagenet_c, imagenet_c_extra, mnist_c, missing, "
        "text. Received: 'imagenet-c'."
    )
    with pytest.raises(ValueError, match="^" + re.escape(sentence) + "$"):
        names("imagenet-c")

import re

import pytest

from keras_distill.corruptions import get, names
from keras_distill.corruptions.names import GROUPS


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


@pytest.mark.parametrize(
    "suite, number",
    [("imagenet_c", 15), ("imagenet_c_extra", 4), ("mnist_c", 15), ("missing", 3), ("text", 11)],
)
def test_suites_are_whole_and_every_member_has_a_group(suite, number):
    members = names(suite)
    assert len(set(members)) == len(members) == number
    grouped = {name for group in GROUPS.values() for name in group}
    assert {name.split("/")[-1] for name in members} <= grouped
    for name in members:
        assert get(name, 1).name == name


def test_unknown_suite():
    sentence = (
        "Expected a suite of corruptions: quick, imagenet_c, imagenet_c_extra, mnist_c, missing, "
        "text. Received: 'imagenet-c'. Did you mean: imagenet_c?"
    )
    with pytest.raises(ValueError, match="^" + re.escape(sentence) + "$"):
        names("imagenet-c")

import re

import pytest

from keras_distill.corruptions import get


def test_name_and_severity():
    corruption = get("shot_noise", 4)
    assert (corruption.name, corruption.severity, corruption.profile) == ("shot_noise", 4, None)


def test_unknown_name_lists_the_nearest():
    sentence = (
        "Expected a corruption: gaussian_noise, shot_noise, impulse_noise, gaussian_blur, "
        "brightness, contrast, pixelate, jpeg_compression, missing_patch, missing_rows. "
        "Received: 'gausian_noise'. Did you mean: gaussian_noise, gaussian_blur, shot_noise?"
    )
    with pytest.raises(ValueError, match="^" + re.escape(sentence) + "$"):
        get("gausian_noise", 1)

import re

import pytest

from keras_distill.corruptions import get


def test_name_and_severity():
    corruption = get("shot_noise", 4)
    assert corruption.get_config() == {
        "name": "shot_noise",
        "severity": 4,
        "profile": None,
        "rng": "fast",
    }


def test_unknown_name_lists_the_nearest():
    sentence = (
        "Expected a name out of kd.corruptions.names(). Received: 'gausian_noise'. Did you mean: "
        "gaussian_noise, gaussian_blur, shot_noise?"
    )
    with pytest.raises(ValueError, match="^" + re.escape(sentence) + "$"):
        get("gausian_noise", 1)

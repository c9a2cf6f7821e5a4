import pytest

from keras_distill.corruptions.text.qwerty import NEIGHBOURS


@pytest.mark.parametrize(
    "key, near",
    [
        ("g", "ftyhbv"),
        ("q", "wa"),
        ("a", "qwsz"),
        ("s", "adwezx"),
        ("p", "ol"),
        ("l", "kop"),
        ("m", "njk"),
        ("z", "asx"),
        ("G", "FTYHBV"),
        ("1", "2"),
        ("5", "46"),
        ("0", "9"),
    ],
)
def test_keys_that_touch(key, near):
    assert set(NEIGHBOURS[key]) == set(near)


def test_neighbourhood_is_mutual():
    assert len(NEIGHBOURS) == 26 + 26 + 10
    for key, near in NEIGHBOURS.items():
        assert near and key not in near and len(set(near)) == len(near)
        assert all(key in NEIGHBOURS[other] for other in near)

import dataclasses
import re

import numpy as np
import pytest

from keras_distill.corruptions import Corruption


class Counted(Corruption):
    name = "counted"


def raises(sentence):
    return pytest.raises(ValueError, match="^" + re.escape(sentence) + "$")


@pytest.mark.parametrize("severity", [0, 6, 2.5, True, "3"])
def test_wrong_severity(severity):
    with raises(f"`severity` must be 1, 2, 3, 4 or 5. Received: severity={severity!r}."):
        Counted(severity)


def test_frozen_and_told_by_its_configuration():
    corruption = Counted(2)
    assert corruption.get_config() == {"name": "counted", "severity": 2}
    assert Counted.from_config(corruption.get_config()) == corruption
    assert hash(Counted(2)) == hash(corruption)
    with pytest.raises(dataclasses.FrozenInstanceError):
        corruption.severity = 3


def drawn(corruption, seed, indices):
    return [rng.random(1000) for rng in corruption.generators(seed, indices)]


def test_streams_depend_on_seed_severity_and_index_alone():
    first = drawn(Counted(2), 7, [0, 1, 5])
    np.testing.assert_array_equal(drawn(Counted(2), 7, [5])[0], first[2])
    everything = np.concatenate(
        [
            *first,
            *drawn(Counted(3), 7, [0]),
            *drawn(Counted(2), 8, [0]),
            *drawn(Counted(2), -1, [0]),
        ]
    )
    # Streams never meet: no value comes twice.
    assert np.unique(everything).size == everything.size


def test_streams_are_philox_counted_from_the_index():
    import hashlib

    digest = hashlib.sha256(b"counted/2/7").digest()
    key = int.from_bytes(digest[:16], "little")
    expected = np.random.Generator(np.random.Philox(key=key, counter=5 << 192)).random(1000)
    np.testing.assert_array_equal(drawn(Counted(2), 7, [5])[0], expected)

"""A finding is a frozen record."""

import dataclasses

import pytest

from keras_distill.teachers import Finding


def test_a_finding_is_frozen():
    finding = Finding("channels", {"channels": "bgr"}, 0.4, 0.9, 1e-20)
    with pytest.raises(dataclasses.FrozenInstanceError):
        finding.kind = "input_scale"

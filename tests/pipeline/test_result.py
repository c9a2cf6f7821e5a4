"""A result is a frozen record."""

import dataclasses

import pytest

from keras_distill.pipeline import Result


def test_a_result_is_frozen():
    result = Result(None, {}, None, [], "runs/x")
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.table = None

import dataclasses

import pytest

from keras_distill.robustness import Cell


def test_a_measurement_does_not_change():
    cell = Cell("a", "clean", 0, 10, 0.5, [0.2, 0.8], 0.5, 1.0, 0.1, 1.0)
    with pytest.raises(dataclasses.FrozenInstanceError):
        cell.accuracy = 1.0

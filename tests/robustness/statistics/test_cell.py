import dataclasses

import pytest

from keras_distill.robustness import Cell
from keras_distill.robustness.statistics.cell_scores import METRICS


def test_a_measurement_does_not_change():
    cell = Cell("a", "clean", 0, 10, 0.5, [0.2, 0.8], 0.5, 1.0, 0.1, 1.0)
    with pytest.raises(dataclasses.FrozenInstanceError):
        cell.accuracy = 1.0


def test_every_metric_has_a_field_and_an_interval():
    names = {field.name for field in dataclasses.fields(Cell)}
    wanted = {key for name in METRICS for key in (name, f"{name}_ci95")}
    assert names == wanted | {"model", "corruption", "severity", "n"}

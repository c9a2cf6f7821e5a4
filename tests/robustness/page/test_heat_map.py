import numpy as np
import pytest

from keras_distill.robustness.page.heat_map import heat_map


def test_groups_stand_above_their_members(drawn):
    groups = {"weather": ["fog", "snow"], "blur": ["glass_blur"], "noise": ["not_measured"]}
    document = drawn(
        models=("teacher", "int8"),
        groups={"weather": ["fog", "snow"], "blur": ["glass_blur"]},
        n=50,
    )[0]
    document["suite"]["groups"] = groups
    rows = heat_map(document)
    assert [(name, is_group) for name, is_group, _ in rows] == [
        ("clean", True), ("weather", True), ("fog", False), ("snow", False), ("blur", True),
        ("glass_blur", False),
    ]  # fmt: skip
    found = {name: values for name, _, values in rows}
    for index, aggregate in enumerate(document["aggregates"]):
        for group in ("weather", "blur"):
            mean = aggregate["by_group"][group]["accuracy"]
            assert found[group][index] == pytest.approx(mean)
        assert found["clean"][index] == aggregate["clean_accuracy"]
    assert found["weather"] == pytest.approx(np.mean([found["fog"], found["snow"]], axis=0))


def test_those_of_no_group_come_last(drawn):
    document = drawn(models=("teacher",), groups={"weather": ["fog", "snow"]}, n=20)[0]
    document["suite"]["groups"] = {"weather": ["snow"]}
    assert [row[0] for row in heat_map(document)] == ["clean", "weather", "snow", "fog"]

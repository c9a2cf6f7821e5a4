import numpy as np

from keras_distill.robustness.figures.severity_curves import severity_curves

BLUE, ORANGE = "#0072B2", "#D55E00"
GROUPS = {"weather": ["fog", "snow"], "blur": ["glass_blur"]}


def test_marks_stand_where_the_accuracies_are(drawn, marks):
    document = drawn(models=("teacher", "int8"), groups=GROUPS, n=50)[0]
    panels = severity_curves(document)
    assert [(p.group, p.title) for p in panels] == [
        ("weather", "fog"), ("weather", "snow"), ("blur", "glass blur"),
    ]  # fmt: skip
    for model, colour in (("teacher", BLUE), ("int8", ORANGE)):
        cells = [c for c in document["cells"] if c["model"] == model]
        cells = [c for c in cells if c["corruption"] in ("clean", "snow")]
        places = np.array(marks(panels[1].svg, colour))
        assert len(places) == 6
        for column, key in ((0, "severity"), (1, "accuracy")):
            values = [cell[key] for cell in cells]
            line = np.polyfit(values, places[:, column], 1)
            np.testing.assert_allclose(np.polyval(line, values), places[:, column], atol=0.02)
            assert (line[0] > 0) == (key == "severity")


def test_every_corruption_is_drawn_though_in_no_group(drawn):
    document = drawn(models=("teacher",), groups=GROUPS, n=20)[0]
    document["suite"]["groups"] = {"weather": ["fog"]}
    titles = [(panel.group, panel.title) for panel in severity_curves(document)]
    assert titles == [("weather", "fog"), ("", "snow"), ("", "glass blur")]


def test_without_corruptions(drawn):
    assert severity_curves(drawn(models=("teacher",), groups={}, n=20)[0]) == []

import numpy as np

from keras_distill.robustness.figures.forest import forest

GREEN = "#009E73"
MODELS = ("teacher", "control", "distilled")


def test_marks_stand_where_the_differences_are(drawn, marks):
    document = drawn(models=MODELS, groups={"weather": ["fog", "snow"]}, n=60)[0]
    panels = {panel.title: panel.svg for panel in forest(document)}
    assert list(panels) == ["control − teacher", "distilled − teacher", "distilled − control"]
    (item,) = [c for c in document["comparisons"] if c["against"] == "control"]
    values = [item["clean_difference"], item["corrupted_difference"]]
    values += [row["difference"] for row in item["by_corruption"]]
    x = np.array(marks(panels["distilled − control"], GREEN))[:, 0]
    np.testing.assert_allclose(np.polyval(np.polyfit(values, x, 1), values), x, atol=0.02)


def test_filled_only_where_the_difference_remains_after_holm(drawn):
    document = drawn(models=MODELS[:2], groups={"weather": ["fog", "snow"]}, n=60)[0]
    (item,) = document["comparisons"]
    item["clean_mcnemar"]["p_holm"] = 0.2
    item["corrupted_difference_ci95"] = [-0.1, 0.1]
    item["by_corruption"][0]["p_holm"] = 0.0004
    item["by_corruption"][1]["p_holm"] = 0.0061
    (panel,) = forest(document)
    assert panel.svg.count("fill: #d55e00") == 2
    assert "p &lt; 0.001</text>" in panel.svg and "p 0.006</text>" in panel.svg
    assert "p 0.20</text>" in panel.svg


def test_without_corruptions_the_clean_difference_stays(drawn):
    document = drawn(models=MODELS[:2], groups={}, n=60)[0]
    (panel,) = forest(document)
    assert "clean</text>" in panel.svg and "mean corrupted" not in panel.svg
    assert forest(drawn(models=("teacher",), groups={}, n=20)[0]) == []

import numpy as np

from keras_distill.robustness.figures.severity_means import severity_means


def test_the_mean_over_the_corruptions(drawn, marks):
    document = drawn(models=("teacher", "int8"), groups={"weather": ["fog", "snow"]}, n=50)[0]
    panel = severity_means(document, "agreement", "same answer", ["teacher"])
    assert panel.title == "same answer" and marks(panel.svg, "#0072B2") == []
    cells = [cell for cell in document["cells"] if cell["model"] == "int8"]
    means = [
        np.mean([cell["agreement"] for cell in cells if cell["severity"] == severity])
        for severity in range(6)
    ]
    y = np.array(marks(panel.svg, "#D55E00"))[:, 1]
    assert len(y) == 6
    np.testing.assert_allclose(np.polyval(np.polyfit(means, y, 1), means), y, atol=0.02)


def test_nothing_known_nothing_drawn(drawn):
    document = drawn(models=("teacher",), groups={"weather": ["fog"]}, n=20)[0]
    for cell in document["cells"]:
        cell["ece15"] = None
    assert severity_means(document, "ece15", "ECE") is None
    clean = drawn(models=("teacher",), groups={}, n=20)[0]
    assert severity_means(clean, "ece15", "ECE") is None

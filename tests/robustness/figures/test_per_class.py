import numpy as np

from keras_distill.robustness.figures.per_class import class_name, per_class


def test_those_that_lose_most_come_first(drawn, marks):
    document = drawn(models=("teacher",), groups={"weather": ["fog"]}, n=100)[0]
    for row in document["per_class"]:
        row |= {"drop": row["class"] / 20, "drop_ci95": None}
    (panel,) = per_class(document)
    places = sorted(marks(panel.svg, "#0072B2"), key=lambda place: place[1])
    x = [place[0] for place in places]
    drops = np.arange(9, -1, -1) / 20
    np.testing.assert_allclose(np.polyval(np.polyfit(drops, x, 1), drops), x, atol=0.02)
    assert panel.svg.index(">lorry<") < panel.svg.index(">ship<") < panel.svg.index(">aeroplane<")


def test_of_many_classes_twenty(drawn, marks):
    document = drawn(models=("teacher",), groups={"weather": ["fog"]}, n=100)[0]
    row = document["per_class"][0]
    document["per_class"] = [row | {"class": c, "drop": c / 200} for c in range(100)]
    (panel,) = per_class(document)
    assert len(marks(panel.svg, "#0072B2")) == 20
    assert ">class 99<" in panel.svg and ">class 79<" not in panel.svg


def test_without_corruptions(drawn):
    assert per_class(drawn(models=("teacher",), groups={}, n=20)[0]) == []


def test_names(drawn):
    document = drawn(models=("teacher",), groups={}, n=20)[0]
    document["data"]["class_names"] = ["cat", "a very long name of a class"]
    assert class_name(document, 0) == "cat"
    assert class_name(document, 1) == "a very long name …"
    assert class_name(document, 2) == "class 2"

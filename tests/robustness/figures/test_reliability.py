import re

import numpy as np

from keras_distill.robustness.figures.reliability import reliability


def test_marks_stand_at_confidence_and_accuracy(drawn):
    document = drawn(models=("teacher", "int8"), groups={}, n=20)[0]
    panels = reliability(document)
    assert [panel.title for panel in panels] == ["teacher", "int8"]
    bins = [item for item in document["calibration"][0]["bins"] if item["n"]]
    (line,) = re.findall(r'<path d="(M [^"]*)" [^>]*stroke-dasharray[^>]*#0072b2', panels[0].svg)
    x, y = np.array(re.findall(r"[ML] ([\d.]+) ([\d.]+)", line), float).T
    assert len(x) == len(bins) == 13
    for key, found in (("confidence", x), ("accuracy", y)):
        values = [item[key] for item in bins]
        np.testing.assert_allclose(
            np.polyval(np.polyfit(values, found, 1), values), found, atol=0.02
        )


def test_empty_bins_and_no_bins(drawn):
    document = drawn(models=("teacher",), groups={}, n=20)[0]
    for item in document["calibration"][0]["bins"]:
        item |= {"n": 0, "confidence": None, "accuracy": None}
    assert len(reliability(document)) == 1
    del document["calibration"]
    assert reliability(document) == []

import importlib.util
import json
import pathlib
import re

import numpy as np
import pytest


@pytest.fixture
def data():
    """Pictures of one grey each: 0.1, 0.2 … 1.0; the label says whether it is above 0.45."""
    grey = np.arange(1, 11, dtype="float32") / 10
    return np.ones((10, 4, 4, 1), "float32") * grey[:, None, None, None], (grey > 0.45).astype(int)


@pytest.fixture
def threshold():
    def make(at):
        def model(images):
            p = 0.1 + 0.8 * (np.asarray(images)[:, 0, 0, 0] > at)
            return np.stack([1 - p, p], axis=1)

        return model

    return make


@pytest.fixture
def brightened(data):
    """Arguments of `evaluate` under which a grey g becomes g + 0.1 and g + 0.2."""
    return {"data": data, "corruptions": ["brightness"], "severities": (2, 4), "progress": False}


@pytest.fixture(scope="session")
def drawn():
    """`drawn_document(...)`: `(document, predictions, labels)` of a report, without a model."""
    path = pathlib.Path(__file__).with_name("drawn_document.py")
    spec = importlib.util.spec_from_file_location("drawn_document", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.drawn_document


@pytest.fixture(scope="session")
def without_times():
    """A function: a document without what two equal runs may differ in."""

    def strip(value):
        if isinstance(value, dict):
            times = ("created", "wall_seconds", "latency_ms_p50")
            return {key: strip(item) for key, item in value.items() if key not in times}
        return [strip(item) for item in value] if isinstance(value, list) else value

    return strip


@pytest.fixture(scope="session")
def marks():
    """A function: places `(x, y)` of a colour's marks in an SVG, in the order drawn."""

    def find(svg, colour):
        place = r'<use [^>]*x="([\d.-]+)" y="([\d.-]+)"'
        pattern = rf'{place} style="(?![^"]*fill-opacity: 0\.)[^"]*{colour}[^"]*"/>'
        return [(float(x), float(y)) for x, y in re.findall(pattern, svg, re.IGNORECASE)]

    return find


@pytest.fixture(scope="session")
def full_files(drawn):
    """What is written of a report with everything in it, a very long name too."""
    from keras_distill.robustness.reports.written_files import written_files

    long = "a_student_with_a_very_long_name_that_no_phone_can_show_on_one_line"
    text = json.dumps(drawn(n=400)[0]).replace('"control"', json.dumps(long))
    return written_files(json.loads(text))

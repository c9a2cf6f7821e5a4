import numpy as np
import pytest

from keras_distill.robustness import fit_temperature
from keras_distill.robustness.statistics.cell_statistics import CellStatistics
from keras_distill.robustness.statistics.example_scores import example_scores


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def drawn(temperature, n=20_000, seed=0):
    """Logits, and labels drawn from their softmax at a temperature."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 3, (n, 5))
    cumulative = softmax(logits / temperature).cumsum(axis=1)
    return logits, (rng.random(n)[:, None] > cumulative).sum(axis=1).clip(0, 4)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.5])
def test_finds_the_temperature_labels_were_drawn_at(temperature):
    logits, labels = drawn(temperature)
    found = fit_temperature(logits, labels, from_logits=True)
    assert found == pytest.approx(temperature, rel=0.03)
    assert fit_temperature(softmax(logits), labels) == pytest.approx(found, rel=1e-4)


def test_published_value():
    # robustness_metrics, uncertainty_test.py: beta = 1 / T on these two.
    found = fit_temperature([[0.2, 0.8], [0.3, 0.7]], [1, 0])
    assert 1 / found == pytest.approx(0.4177706241607666, rel=1e-5)


def test_calibration_error_falls():
    logits, labels = drawn(2.5, 6000)
    fitted = fit_temperature(softmax(logits[:3000]), labels[:3000])
    record = example_scores(softmax(logits[3000:]), labels[3000:], None, fitted)
    found = CellStatistics(record, record, labels[3000:])(np.ones((1, 3000), "uint8"))
    assert found["ece15"][0] > 0.1 and found["ece15_scaled"][0] < 0.03
    assert found["nll_scaled"][0] < found["nll"][0]


def test_what_no_temperature_fits():
    p = np.array([[0.9, 0.1], [0.8, 0.2]])
    assert fit_temperature(p, [0, 0]) < 0.1
    assert fit_temperature(p, [1, 1]) == pytest.approx(100, rel=1e-3)


@pytest.mark.parametrize(
    "outputs, labels, message",
    [
        (
            np.ones((3, 2)),
            [0, 1],
            "Expected outputs (n, classes) and labels (n,) with at least one example. Received: "
            "shapes (3, 2) and (2,).",
        ),
        (
            [[np.nan, 0.5]],
            [0],
            "The outputs hold NaN or infinite values, which no temperature mends. Expected finite "
            "outputs: check the model's weights.",
        ),
    ],
)
def test_bad_input(outputs, labels, message):
    with pytest.raises(ValueError) as raised:
        fit_temperature(outputs, labels)
    assert str(raised.value) == message

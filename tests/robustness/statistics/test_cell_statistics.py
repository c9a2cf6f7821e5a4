import numpy as np
import pytest

from keras_distill.robustness.statistics.cell_statistics import CellStatistics, bins_of
from keras_distill.robustness.statistics.example_scores import example_scores


def case(n=80, classes=4, seed=0):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, classes, n)
    p, q = (rng.dirichlet(np.full(classes, 0.5), n) for _ in range(2))
    # The baseline is right more often than by chance.
    q = (q + np.eye(classes)[labels] * (rng.random(n) < 0.6)[:, None]) / 2
    q /= q.sum(axis=1, keepdims=True)
    return example_scores(p, labels, q, 1.5), example_scores(q, labels, None, 0.8), labels


def once(record, reference, labels):
    found = CellStatistics(record, reference, labels)(np.ones((1, len(labels)), "uint8"))
    return {name: float(value[0]) for name, value in found.items()}


def definition_of_ece(confidence, right, bins=15):
    total = 0.0
    for b in range(bins):
        inside = (confidence > b / bins) & (confidence <= (b + 1) / bins)
        if inside.any():
            total += inside.mean() * abs(right[inside].mean() - confidence[inside].mean())
    return total


def test_against_the_definitions():
    record, reference, labels = case()
    found = once(record, reference, labels)
    right, base = record["top"] == labels, reference["top"] == labels
    agree = record["top"] == reference["top"]
    f1 = []
    for c in range(4):
        hits = np.sum((record["top"] == c) & (labels == c))
        f1.append(2 * hits / (np.sum(record["top"] == c) + np.sum(labels == c)))
    # model-vs-human's form: (observed − expected) / (1 − expected).
    a, b = right.mean(), base.mean()
    expected = a * b + (1 - a) * (1 - b)
    assert found == pytest.approx(
        {
            "accuracy": right.mean(),
            "macro_f1": np.mean(f1),
            "nll": record["nll"].mean(dtype="float64"),
            "brier": record["brier"].mean(dtype="float64"),
            "kl": record["kl"].mean(dtype="float64"),
            "js": record["js"].mean(dtype="float64"),
            "nll_scaled": record["nll_scaled"].mean(dtype="float64"),
            "ece15": definition_of_ece(record["confidence"], right),
            "ece15_scaled": definition_of_ece(record["confidence_scaled"], right),
            "ece15_equal_mass": found["ece15_equal_mass"],
            "aurc": found["aurc"],
            "agreement": agree.mean(),
            "agreement_when_right": agree[base].mean(),
            "agreement_when_wrong": agree[~base].mean(),
            "negative_flips": np.mean(base & ~right),
            "positive_flips": np.mean(~base & right),
            "error_consistency": (np.mean(right == base) - expected) / (1 - expected),
        },
        rel=1e-6,
    )


def test_resamples_are_the_examples_repeated():
    record, reference, labels = case()
    rng = np.random.default_rng(1)
    counts = rng.multinomial(80, np.full(80, 1 / 80), size=5).astype("uint8")
    # In the last one a whole class is missing among labels and answers.
    counts[4, (labels == 3) | (record["top"] == 3)] = 0
    counts[4, np.flatnonzero(counts[4])[0]] += 80 - counts[4].sum()
    found = CellStatistics(record, reference, labels)(counts)
    for index, count in enumerate(counts):
        again = [{k: np.repeat(v, count) for k, v in one.items()} for one in (record, reference)]
        expected = once(*again, np.repeat(labels, count))
        assert {k: v[index] for k, v in found.items()} == pytest.approx(expected)


@pytest.mark.parametrize(
    "p, labels, ece",
    [
        # Unit tests of google-research/robustness_metrics, uncertainty_test.py.
        ([[0.45, 0.55]], [1], 0.45),
        ([[0.2, 0.8], [0.3, 0.7]], [1, 0], 0.45),
        ([[0.35, 0.35, 0.3], [0.8, 0.15, 0.05]], [2, 1], 0.575),
    ],
)
def test_published_calibration_errors(p, labels, ece):
    record = example_scores(np.array(p), np.array(labels))
    assert once(record, record, np.array(labels))["ece15"] == pytest.approx(ece, abs=1e-6)


def test_macro_f1_of_scikit_learn():
    # scikit-learn 1.9.1: f1_score(labels, p.argmax(1), average="macro") on the same numbers.
    rng = np.random.default_rng(1)
    p = np.round(rng.dirichlet(np.ones(5), 60), 3)
    labels = rng.integers(0, 5, 60)
    record = example_scores(p / p.sum(axis=1, keepdims=True), labels)
    assert once(record, record, labels)["macro_f1"] == pytest.approx(0.20326436781609197, rel=1e-9)


def test_edges_belong_to_the_lower_bin():
    confidence = np.array([1 / 15, 0.6, 1.0, 0.0, 0.61], "float32")
    assert bins_of(confidence).tolist() == [0, 8, 14, 0, 9]


def test_undefined_is_nan():
    labels = np.array([0, 1, 1])
    record = example_scores(np.array([[0.9, 0.1], [0.2, 0.8], [0.3, 0.7]]), labels)
    found = once(record, record, labels)
    assert np.isnan(found["error_consistency"]) and np.isnan(found["agreement_when_wrong"])
    assert found["agreement_when_right"] == 1.0
    assert "nll_scaled" not in found and "ece15_scaled" not in found

import numpy as np
import pytest

from keras_distill.robustness.statistics.example_scores import example_scores


def dirichlet(seed, n=50, classes=6):
    return np.random.default_rng(seed).dirichlet(np.ones(classes), n)


@pytest.mark.parametrize(
    "p, labels, nll, brier",
    [
        # Unit tests of google-research/robustness_metrics, uncertainty_test.py: binary, tertiary.
        ([[0.45, 0.55]], [1], -np.log(0.55), 2 * 0.45**2),
        (
            [[0.2, 0.8], [0.3, 0.7]],
            [1, 0],
            0.5 * (-np.log(0.8) - np.log(0.3)),
            0.5 * (0.2**2 + 0.2**2 + 0.7**2 + 0.7**2),
        ),
        (
            [[0.35, 0.35, 0.3], [0.8, 0.15, 0.05]],
            [2, 1],
            -0.5 * (np.log(0.3) + np.log(0.15)),
            0.5 * (0.35**2 + 0.35**2 + 0.7**2 + 0.8**2 + 0.85**2 + 0.05**2),
        ),
    ],
)
def test_published_values(p, labels, nll, brier):
    found = example_scores(np.array(p), np.array(labels))
    assert found["nll"].mean() == pytest.approx(nll, abs=1e-6)
    assert found["brier"].mean() == pytest.approx(brier, abs=1e-6)


def test_against_scikit_learn():
    # scikit-learn 1.9.1: log_loss and brier_score_loss(scale_by_half=False) on the same numbers.
    rng = np.random.default_rng(1)
    p = np.round(rng.dirichlet(np.ones(5), 60), 3)
    labels = rng.integers(0, 5, 60)
    p /= p.sum(axis=1, keepdims=True)
    found = example_scores(p, labels)
    assert found["nll"].mean() == pytest.approx(2.018713343753684, rel=1e-6)
    assert found["brier"].mean() == pytest.approx(0.9286035296265188, rel=1e-6)


def test_divergences_against_scipy():
    from scipy.spatial.distance import jensenshannon
    from scipy.stats import entropy

    p, q = dirichlet(0), dirichlet(1)
    found = example_scores(p, np.zeros(50, int), q)
    # The baseline comes first: what its answers lose when they are coded by the model's.
    np.testing.assert_allclose(found["kl"], entropy(q, p, axis=1), rtol=1e-6)
    np.testing.assert_allclose(found["js"], jensenshannon(p, q, axis=1) ** 2, rtol=1e-5)
    same = example_scores(p, np.zeros(50, int), p)
    assert not same["kl"].any() and not same["js"].any()


def test_zeros_of_an_8_bit_file_stay_finite():
    # Rows that do not add up to 1 either.
    p, q = np.array([[1.0, 0.0, 0.0]]), np.array([[0.0, 0.996, 0.0]])
    found = example_scores(p, np.array([1]), q, temperature=2.0)
    assert found["nll"][0] == pytest.approx(-np.log(1e-12))
    assert found["kl"][0] == pytest.approx(-np.log(1e-12), rel=1e-5)
    assert found["js"][0] == pytest.approx(np.log(2), rel=1e-5)
    assert all(np.isfinite(values).all() for values in found.values())


def test_temperature_divides_logits():
    rng = np.random.default_rng(2)
    logits, labels = rng.normal(0, 3, (40, 5)), rng.integers(0, 5, 40)

    def softmax(z):
        return np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)

    found = example_scores(softmax(logits), labels, temperature=1.7)
    expected = softmax(logits / 1.7)
    np.testing.assert_allclose(found["confidence_scaled"], expected.max(axis=1), rtol=1e-5)
    nll = -np.log(expected[np.arange(40), labels])
    np.testing.assert_allclose(found["nll_scaled"], nll, rtol=1e-5)


def test_what_is_kept():
    p = dirichlet(3).astype("float32")
    found = example_scores(p, np.zeros(50, int))
    assert list(found) == ["top", "confidence", "nll", "brier", "kl", "js"]
    assert found["top"].dtype == "int32" and (found["top"] == p.argmax(axis=1)).all()
    assert (found["confidence"] == p.max(axis=1)).all()
    assert {values.dtype.name for name, values in found.items() if name != "top"} == {"float32"}


def test_more_rows_than_a_block_holds():
    # 1,500 rows of 1,000 classes: two blocks.
    p, q = dirichlet(4, 1500, 1000).astype("float32"), dirichlet(5, 1500, 1000).astype("float32")
    labels = np.arange(1500) % 1000
    whole, tail = example_scores(p, labels, q, 2.0), slice(1400, 1500)
    part = example_scores(p[tail], labels[tail], q[tail], 2.0)
    for name, values in part.items():
        np.testing.assert_array_equal(whole[name][tail], values)

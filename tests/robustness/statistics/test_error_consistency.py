import numpy as np
import pytest

from keras_distill.robustness.statistics.error_consistency import error_consistency


def kappa(a, b):
    """Geirhos et al.: (observed − expected) / (1 − expected)."""
    expected = a.mean() * b.mean() + (1 - a.mean()) * (1 - b.mean())
    return (np.mean(a == b) - expected) / (1 - expected)


def test_against_the_definition():
    right = np.random.default_rng(0).random((3, 4, 50)) < 0.7
    found = error_consistency(right)
    for i in range(3):
        for j in range(3):
            expected = np.mean([kappa(right[i, cell], right[j, cell]) for cell in range(4)])
            assert found[i][j] == pytest.approx(expected)


def test_signs():
    half = np.arange(100) < 50
    found = error_consistency(np.stack([half, half, ~half, np.arange(100) % 2 == 0])[:, None])
    assert found[0] == pytest.approx([1.0, 1.0, -1.0, 0.0])


def test_undefined_cells_are_left_out():
    always, half = np.ones(10, bool), np.arange(10) < 5
    right = np.stack([np.stack([always, half]), np.stack([always, half])])
    assert error_consistency(right) == [[1.0, 1.0], [1.0, 1.0]]
    assert error_consistency(right[:, :1]) == [[None, None], [None, None]]
    assert error_consistency(right[:, 2:]) == [[None, None], [None, None]]

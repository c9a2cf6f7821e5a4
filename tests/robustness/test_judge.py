import numpy as np

from keras_distill.robustness import Cell
from keras_distill.robustness.judge import judge


def test_an_image_carries_all_its_cells():
    # Ten cells that agree image by image hold no more than one: as wide as a binomial of n.
    rng = np.random.default_rng(0)
    right = rng.random(200) < 0.7
    correct = {"a": np.tile(right, (11, 1))}
    cells = [Cell("a", "fog", i, 200, float(right.mean()), [0, 1], 0, 0, 0, 1) for i in range(11)]
    found = judge(cells, correct, "a", [], 0)[0][0]
    low, high = found["mean_corrupted_accuracy_ci95"]
    p = right.mean()
    np.testing.assert_allclose((high - low) / 2, 1.96 * np.sqrt(p * (1 - p) / 200), rtol=0.12)
    assert found["ce_vs_baseline"] == 100.0


def cell(model, severity, right):
    return Cell(model, "fog", severity, len(right), float(right.mean()), [0, 1], 0, 0, 0, 1)


def test_all_right_is_not_certain():
    right = np.ones(100, bool)
    cells = [cell("a", severity, right) for severity in (0, 1)]
    found = judge(cells, {"a": np.stack([right, right])}, "a", [], 0)[0][0]
    # Wilson: n / (n + 1.96²).
    np.testing.assert_allclose(found["mean_corrupted_accuracy_ci95"], [100 / 103.8415, 1], 1e-5)


def test_p_values_are_corrected_for_their_number():
    right = np.ones(10, bool)
    others = {name: np.arange(10) >= missed for name, missed in (("b", 6), ("c", 9))}
    correct = {"a": right[None]} | {name: row[None] for name, row in others.items()}
    cells = [cell(name, 0, rows[0]) for name, rows in correct.items()]
    found = judge(cells, correct, "a", [("b", "a"), ("c", "a")], 0)[1]
    p = [item["clean_mcnemar"]["p_exact"] for item in found]
    np.testing.assert_allclose(p, [2 / 2**6, 2 / 2**9])
    held = [item["clean_mcnemar"]["p_holm"] for item in found]
    np.testing.assert_allclose(held, [2 / 2**6, 2 * 2 / 2**9])

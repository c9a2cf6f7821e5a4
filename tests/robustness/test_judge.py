import numpy as np

from keras_distill.robustness import Cell
from keras_distill.robustness.judge import judge


def test_an_image_carries_all_its_cells():
    # Ten cells that agree image by image hold no more than one: as wide as a binomial of n.
    rng = np.random.default_rng(0)
    right = rng.random(200) < 0.7
    correct = {"a": np.tile(right, (11, 1))}
    cells = [Cell("a", "fog", i, 200, float(right.mean()), [0, 1], 0, 0, 0, 1) for i in range(11)]
    found = judge(cells, correct, "a", 0)[0][0]
    low, high = found["mean_corrupted_accuracy_ci95"]
    p = right.mean()
    np.testing.assert_allclose((high - low) / 2, 1.96 * np.sqrt(p * (1 - p) / 200), rtol=0.12)
    assert found["ce_vs_baseline"] == 100.0

import numpy as np
import pytest

from keras_distill.robustness import (
    alexnet_errors,
    mean_corruption_error,
    relative_mean_corruption_error,
)
from keras_distill.robustness.statistics.aggregate import aggregate
from keras_distill.robustness.statistics.cell_scores import METRICS
from keras_distill.robustness.statistics.model_scores import ModelScores

CELLS = [("clean", 0), ("fog", 1), ("fog", 3), ("snow", 1), ("snow", 3)]


def model(accuracies, cells=CELLS, spread=0.01, seed=0):
    rng = np.random.default_rng(seed)
    scores = ModelScores(cells, 100, 400)
    for value in accuracies:
        row = {key: None for name in METRICS for key in (name, f"{name}_ci95")}
        row |= {"accuracy": value, "accuracy_ci95": [0, 1], "kl": 0.5, "kl_ci95": [0.4, 0.6]}
        draws = {"accuracy": value + spread * rng.normal(size=400), "kl": np.full(400, 0.5)}
        scores.add(row, draws)
    return scores


def errors(accuracies):
    return {"fog": [1 - a for a in accuracies[1:3]], "snow": [1 - a for a in accuracies[3:5]]}


def test_ratios_are_the_public_functions():
    mine, its = [0.9, 0.7, 0.5, 0.6, 0.2], [0.95, 0.9, 0.8, 0.7, 0.4]
    found = aggregate("a", model(mine), model(its, seed=1), [], {}, False)
    ce = mean_corruption_error(errors(mine), errors(its))
    relative = relative_mean_corruption_error(errors(mine), 0.1, errors(its), 0.05)
    assert found["ce_vs_baseline"] == pytest.approx(ce)
    assert found["relative_mce_vs_baseline"] == pytest.approx(relative)
    assert found["mean_corrupted_accuracy"] == pytest.approx(0.5)
    assert found["relative_accuracy"] == pytest.approx(0.5 / 0.9)
    assert found["mce_unnormalised"] == pytest.approx(50.0)
    assert found["mce_alexnet"] is None and found["mce_alexnet_ci95"] is None
    for key in ("ce_vs_baseline", "relative_mce_vs_baseline", "relative_accuracy",
                "mce_unnormalised", "mean_corrupted_accuracy"):  # fmt: skip
        low, high = found[f"{key}_ci95"]
        assert low < found[key] < high, key
    low, high = found["mean_corrupted_accuracy_ci95"]
    assert found["mce_unnormalised_ci95"] == pytest.approx([100 - 100 * high, 100 - 100 * low])


def test_interval_of_a_ratio_is_of_the_ratios_draws():
    mine, its = [0.9, 0.7, 0.5, 0.6, 0.2], [0.95, 0.9, 0.8, 0.7, 0.4]
    a, b = model(mine), model(its, seed=1)
    draws = [
        mean_corruption_error(errors(one), errors(other))
        for one, other in zip(a.accuracy_draws.T, b.accuracy_draws.T, strict=True)
    ]
    found = aggregate("a", a, b, [], {}, False)
    assert found["ce_vs_baseline_ci95"] == pytest.approx(list(np.percentile(draws, [2.5, 97.5])))
    # Paired: a model against itself has no spread.
    found = aggregate("a", a, a, [], {}, False)
    assert found["ce_vs_baseline"] == 100.0
    assert found["ce_vs_baseline_ci95"] == pytest.approx([100.0, 100.0])


def test_baseline_without_errors_or_losses():
    mine = [0.9, 0.7, 0.5, 0.6, 0.2]
    found = aggregate("a", model(mine), model([1.0] * 5, spread=0), [], {}, False)
    assert found["ce_vs_baseline"] is None and found["relative_mce_vs_baseline"] is None
    # Errs, but no more than on clean data.
    found = aggregate("a", model(mine), model([0.8] * 5, spread=0), [], {}, False)
    assert found["ce_vs_baseline"] == pytest.approx(100 * 0.5 / 0.2)
    assert found["relative_mce_vs_baseline"] is None
    # Loses so little that the sign of the loss is chance: no interval.
    found = aggregate("a", model(mine), model([0.8] + [0.799] * 4), [], {}, False)
    assert found["relative_mce_vs_baseline"] > 0
    assert found["relative_mce_vs_baseline_ci95"] is None


def test_alexnet_only_where_all_of_imagenet_c_was_measured():
    table = alexnet_errors()
    cells = [("clean", 0)]
    cells += [(name, severity) for name in table["corrupted"] for severity in range(1, 6)]
    cells += [("spatter", 1)]
    accuracies = [1 - table["clean"]]
    accuracies += [1 - error for row in table["corrupted"].values() for error in row]
    alexnet = model([*accuracies, 0.1], cells)
    found = aggregate("alexnet", alexnet, alexnet, [], {}, True)
    assert found["mce_alexnet"] == pytest.approx(100.0, abs=1e-9)
    assert found["mce_alexnet_ci95"][0] < 100 < found["mce_alexnet_ci95"][1]
    assert aggregate("alexnet", alexnet, alexnet, [], {}, False)["mce_alexnet"] is None
    lacking = model(accuracies[:-1], cells[:-2])
    assert aggregate("alexnet", lacking, lacking, [], {}, True)["mce_alexnet"] is None


def test_groups_and_the_worst():
    scores = model([0.9, 0.7, 0.5, 0.6, 0.2])
    classes = [
        {"class": label, "clean": clean, "clean_ci95": [0.4, 1.0],
         "corrupted": corrupted, "corrupted_ci95": [0.1, 0.9]}
        for label, clean, corrupted in ((0, 1.0, 0.3), (4, 0.5, 0.7))
    ]  # fmt: skip
    groups = {"noise": ["shot_noise"], "weather": ["fog", "snow"]}
    found = aggregate("a", scores, scores, classes, groups, False)
    assert list(found["by_group"]) == ["weather"]
    assert found["by_group"]["weather"]["accuracy"] == pytest.approx(0.5)
    assert found["worst_corruption"]["name"] == "snow"
    assert found["worst_corruption"]["accuracy"] == pytest.approx(0.4)
    assert found["worst_class_clean"] == {"class": 4, "accuracy": 0.5, "accuracy_ci95": [0.4, 1.0]}
    assert found["worst_class_corrupted"]["class"] == 0
    assert (found["kl_clean"], found["kl_corrupted"]) == (0.5, 0.5)
    assert found["nll_corrupted"] is None


def test_clean_only():
    scores = model([0.9], CELLS[:1])
    found = aggregate("a", scores, scores, [], {}, True)
    assert found["clean_accuracy"] == 0.9
    for key in ("mean_corrupted_accuracy", "ce_vs_baseline", "relative_accuracy", "mce_alexnet",
                "kl_corrupted", "worst_corruption", "worst_class_corrupted"):  # fmt: skip
        assert found[key] is None, key

import re

import numpy as np
import pytest

from keras_distill.robustness import Report, compare_runs, compare_seeds
from keras_distill.robustness.measuring.measured_data import order_like
from keras_distill.robustness.reports.compare_runs import KINDS


def reports(drawn, seeds):
    """Runs of several seeds on the same examples in the same order."""
    made, first = [], None
    for seed in seeds:
        document, predictions, labels = drawn(seed=seed)
        first = labels if first is None else first
        order = order_like(labels, first)
        document["data"]["labels_sha256"] = "ab" * 32
        predictions = {name: top[:, order] for name, top in predictions.items()}
        made.append(Report(document, predictions, first))
    return made


def test_mean_and_spread_over_runs(drawn):
    given = reports(drawn, (0, 1, 2))
    table = compare_runs(given)
    names = [model["name"] for model in given[0].document["models"]]
    assert [row["model"] for row in table.rows] == names
    for number, row in enumerate(table.rows):
        values = [each.aggregates[number]["mean_corrupted_accuracy"] for each in given]
        assert row["runs"] == 3
        assert row["corrupted_mean"] == pytest.approx(np.mean(values))
        assert row["corrupted_sd"] == pytest.approx(np.std(values, ddof=1))
    baseline = given[0].document["baseline"]
    assert table.rows[names.index(baseline)]["clean_difference"] is None


def test_differences_are_those_of_compare_seeds(drawn):
    given = reports(drawn, (0, 1))
    table = compare_runs(given, against="control", seed=3)
    (row,) = [row for row in table.rows if row["model"] == "distilled"]
    clean = [
        np.stack([each.correct[name][0] for each in given]) for name in ("control", "distilled")
    ]
    expected = compare_seeds(*clean, seed=3)
    assert row["clean_difference"] == expected["difference"]
    assert row["clean_ci95"] == expected["ci95"] and row["clean_p"] == expected["p"]
    # Holm: never below the plain p, and the smallest is multiplied by the number of models.
    for kind in KINDS:
        told = [row for row in table.rows if row[f"{kind}_p"] is not None]
        assert len(told) == len(table.rows) - 1
        assert all(row[f"{kind}_p_holm"] >= row[f"{kind}_p"] for row in told)
        least = min(told, key=lambda row: row[f"{kind}_p"])
        assert least[f"{kind}_p_holm"] == pytest.approx(min(1, len(told) * least[f"{kind}_p"]))


def test_one_run_is_uncertain_over_examples_alone(drawn):
    (given,) = reports(drawn, (0,))
    table = compare_runs([given])
    for row in table.rows[1:]:
        assert row["clean_sd"] is None
        low, high = row["clean_ci95"]
        assert low <= row["clean_difference"] <= high


def test_without_predictions_there_is_nothing_to_test(drawn):
    given = [Report(each.document) for each in reports(drawn, (0, 1))]
    row = compare_runs(given).rows[1]
    assert row["clean_mean"] is not None and row["clean_difference"] is None
    assert row["clean_p_holm"] is None


def test_wrong_runs(drawn):
    given = reports(drawn, (0, 1))

    def raises(sentence):
        return pytest.raises(ValueError, match="^" + re.escape(sentence) + "$")

    with raises("There is no report to compare. Expected at least one."):
        compare_runs([])
    names = ", ".join(model["name"] for model in given[0].document["models"])
    with raises(f"There is no model 'x' in these runs. Expected one of: {names}."):
        compare_runs(given, against="x")
    given[1].document["data"]["labels_sha256"] = "0f" * 32
    first = given[0].document["data"]["labels_sha256"][:60]
    with raises(
        "Runs can be compared on the same data only. Run 2 differs from run 1 in its labels: "
        f"{'0f' * 30} instead of {first}. Measure both alike with `keras-distill evaluate`."
    ):
        compare_runs(given)

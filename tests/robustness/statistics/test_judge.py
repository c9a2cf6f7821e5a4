import json

import numpy as np
import pytest

from keras_distill.robustness.statistics.example_scores import example_scores
from keras_distill.robustness.statistics.judge import judge

CELLS = [("clean", 0), ("fog", 1), ("fog", 2), ("snow", 1), ("snow", 2)]
LABELS = np.arange(240) % 3


def answers(sharp, seed):
    """Probabilities of a model that is surer on clean cells."""
    rng = np.random.default_rng(seed)
    made = []
    for _, severity in CELLS:
        z = rng.normal(0, 1, (240, 3)) + (sharp - 0.5 * severity) * np.eye(3)[LABELS]
        made.append(np.exp(z) / np.exp(z).sum(axis=1, keepdims=True))
    return made


MODELS = {"student": answers(1.5, 0), "teacher": answers(2.5, 1), "int8": answers(1.4, 2)}


def judged(models=MODELS, baseline="teacher", pairs=None, cells=CELLS, **changed):
    asked = []

    def records(name, index):
        asked.append((name, index))
        reference = None if name == baseline else models[baseline][index]
        return example_scores(models[name][index], LABELS, reference, 1.3)

    pairs = (
        [("student", "teacher"), ("int8", "teacher"), ("int8", "student")]
        if pairs is None
        else pairs
    )
    options = {"seed": 0, "resamples": 200, "groups": {"weather": ["fog", "snow"]}} | changed
    found = judge(records, cells, LABELS, list(models), baseline, pairs, **options)
    return found, asked


def right(name):
    return np.stack([p.argmax(axis=1) == LABELS for p in MODELS[name]])


def test_cells_are_the_models_one_after_the_other():
    found, asked = judged()
    where = [(cell.model, cell.corruption, cell.severity) for cell in found["cells"]]
    assert where == [(name, *cell) for name in MODELS for cell in CELLS]
    expected = np.concatenate([right(name).mean(axis=1) for name in MODELS])
    assert [cell.accuracy for cell in found["cells"]] == pytest.approx(list(expected))
    assert all(cell.n == 240 for cell in found["cells"])
    # Each record once, cell by cell, the baseline's first.
    assert len(asked) == len(set(asked)) == 15
    assert [index for _, index in asked] == sorted(index for _, index in asked)
    assert {name for name, _ in asked[::3]} == {"teacher"}


def test_aggregates_and_comparisons():
    found, _ = judged()
    assert [row["model"] for row in found["aggregates"]] == list(MODELS)
    first = found["aggregates"][0]
    mine, its = right("student"), right("teacher")
    assert first["mean_corrupted_accuracy"] == pytest.approx(mine[1:].mean())
    assert first["by_group"]["weather"]["accuracy"] == pytest.approx(mine[1:].mean())
    assert found["aggregates"][1]["ce_vs_baseline"] == 100.0
    assert found["aggregates"][1]["agreement_corrupted"] == 1.0
    assert [(item["model"], item["against"]) for item in found["comparisons"]] == [
        ("student", "teacher"), ("int8", "teacher"), ("int8", "student")
    ]  # fmt: skip
    difference = found["comparisons"][0]["corrupted_difference"]
    assert difference == pytest.approx(mine[1:].mean() - its[1:].mean())
    assert found["comparisons"][0]["corrupted_verdict"] == "worse"


def test_an_example_carries_all_its_cells():
    # Cells that agree example by example hold no more than one: as wide as a binomial of n.
    same = {"a": [MODELS["student"][2]] * 5}
    found = judged(same, "a", [], resamples=1000)[0]["aggregates"][0]
    low, high = found["mean_corrupted_accuracy_ci95"]
    p = found["mean_corrupted_accuracy"]
    assert (high - low) / 2 == pytest.approx(1.96 * np.sqrt(p * (1 - p) / 240), rel=0.12)


def test_holm_is_over_all_pairs_and_corruptions():
    found, _ = judged()
    tests = [test for item in found["comparisons"] for test in item["by_corruption"]]
    assert len(tests) == 6
    smallest = min(tests, key=lambda test: test["p_exact"])
    assert smallest["p_holm"] == pytest.approx(min(1.0, 6 * smallest["p_exact"]))
    clean = [item["clean_mcnemar"] for item in found["comparisons"]]
    smallest = min(clean, key=lambda test: test["p_exact"])
    assert smallest["p_holm"] == pytest.approx(min(1.0, 3 * smallest["p_exact"]))


def test_classes_bins_and_consistency():
    found, _ = judged()
    assert len(found["per_class"]) == 9 and found["per_class"][4]["model"] == "teacher"
    member = LABELS == 1
    assert found["per_class"][4]["clean"] == pytest.approx(right("teacher")[0, member].mean())
    kinds = [(item["model"], item["kind"], sum(b["n"] for b in item["bins"]))
             for item in found["calibration"]]  # fmt: skip
    assert kinds[:2] == [("student", "clean", 240), ("student", "corrupted", 960)]
    table = found["error_consistency"]
    assert table["models"] == list(MODELS) and table["clean"][0][0] == pytest.approx(1.0)
    cell = found["cells"][0]
    assert cell.error_consistency == pytest.approx(table["clean"][0][1])
    first = found["aggregates"][0]["error_consistency_corrupted"]
    assert first == pytest.approx(table["corrupted"][0][1])


def test_tests_say_what_the_verdicts_say():
    found, _ = judged(margin=0.01)
    assert len(found["tests"]) == 6 and found["margin"] == 0.01 and found["resamples"] == 200
    assert found["tests"][1] == {
        "name": "student not worse than teacher by 1 points, corrupted", "passed": False
    }  # fmt: skip
    for test, item in zip(found["tests"][::2], found["comparisons"], strict=True):
        assert test["passed"] == (item["clean_verdict"] in ("better", "as good"))


def test_clean_only():
    found, _ = judged(cells=CELLS[:1])
    assert len(found["cells"]) == 3 and len(found["tests"]) == 3
    assert found["aggregates"][0]["mean_corrupted_accuracy"] is None
    assert found["comparisons"][0]["by_corruption"] == []
    assert found["error_consistency"]["corrupted"] == [[None] * 3] * 3
    assert {item["kind"] for item in found["calibration"]} == {"clean"}


def test_same_seed_same_numbers_and_no_nan():
    def text(found):
        cells = [vars(cell) for cell in found.pop("cells")]
        return json.dumps([cells, found], allow_nan=False)

    assert text(judged()[0]) == text(judged()[0])
    assert text(judged()[0]) != text(judged(seed=1)[0])

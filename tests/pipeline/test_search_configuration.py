"""The section `search`: defaults, null, and the sentence for each impossible value."""

import pytest

from keras_distill.pipeline import load_configuration
from keras_distill.pipeline.search_configuration import Search


def load(tmp_path, text):
    (tmp_path / "c.yaml").write_text(text)
    return load_configuration(tmp_path / "c.yaml")


def test_defaults():
    assert Search().model_dump() == {
        "method": "bayesian",
        "trials": 20,
        "epochs": None,
        "temperature": [1.0, 20.0],
        "student_loss_weight": [0.0, 1.0],
        "learning_rate": [1e-4, 1e-2],
        "losses": None,
        "loss_weights": [0.1, 10.0],
    }


@pytest.mark.parametrize("recipe", ["", "recipe: transfer\n"])
def test_of_a_file(recipe, tmp_path):
    text = recipe + (
        "search:\n  temperature: null\n  learning_rate: [1e-4, 1e-2]\n"
        "  losses: [soft_targets, [soft_targets, dist]]\n  student_loss_weight: [0, 0.5]\n"
    )
    search = load(tmp_path, text).search
    assert search.temperature is None and search.learning_rate == [1e-4, 1e-2]
    assert search.losses == ["soft_targets", ["soft_targets", "dist"]]
    assert search.student_loss_weight == [0, 0.5]
    assert load(tmp_path, recipe or "seed: 0\n").search is None


RANGE = "[lowest, highest], two numbers {}, or null to keep it"


@pytest.mark.parametrize(
    "key, value, expected, received",
    [
        ("temperature", "[0, 20]", RANGE.format("above 0 and at most 1000"), "0"),
        ("temperature", "[20, 1]", RANGE.format("above 0 and at most 1000"), "[20, 1]"),
        ("temperature", "4", RANGE.format("above 0 and at most 1000"), "4"),
        ("student_loss_weight", "[0, 2]", RANGE.format("from 0 to 1"), "2"),
        ("learning_rate", "[a, b]", RANGE.format("above 0 and at most 10"), "'a'"),
        ("loss_weights", "[1, 2, 3]", RANGE.format("above 0 and at most 1000000"), "[1, 2, 3]"),
        ("trials", "0", "a whole number from 1", "0"),
        ("method", "grid", '"random", "bayesian" or "hyperband"', "'grid'"),
    ],
)
def test_impossible(key, value, expected, received, tmp_path):
    with pytest.raises(ValueError) as caught:
        load(tmp_path, f"search:\n  {key}: {value}\n")
    assert str(caught.value) == (
        f"c.yaml, line 2: `search.{key}` must be {expected}. Received: {received}."
    )


def test_an_unknown_key(tmp_path):
    with pytest.raises(ValueError, match="unknown key `search.trial`. Did you mean `trials`"):
        load(tmp_path, "search: {trial: 3}\n")

import pytest

from keras_distill.robustness.page.verdict import (
    comparison_sentence,
    further,
    headline,
    kind_of,
    noun,
    sentences,
    shipped_model,
)

MODELS = ("teacher", "control", "distilled", "int8")


@pytest.fixture
def document(drawn):
    found = drawn(models=MODELS, groups={"weather": ["fog"]}, n=50)[0]
    for row in found["aggregates"]:
        row |= {"mean_corrupted_accuracy": 0.712, "mean_corrupted_accuracy_ci95": [0.7, 0.724]}
    return found


def set_verdict(document, model, against, verdict, difference, low, high):
    for item in document["comparisons"]:
        if (item["model"], item["against"]) == (model, against):
            item["corrupted_verdict"] = verdict
            item["corrupted_difference"] = difference
            item["corrupted_difference_ci95"] = [low, high]
            return item


@pytest.mark.parametrize(
    "verdict, words",
    [
        ("better", "better than distilled (−0.1 points, −0.4 to +0.2)."),
        ("worse", "worse than distilled (−0.1 points, −0.4 to +0.2)."),
        ("as good", "as good as distilled (−0.1 points, −0.4 to +0.2; margin 0.5)."),
        (
            "not told apart",
            "not told apart from distilled (−0.1 points, −0.4 to +0.2; margin 0.5).",
        ),
    ],
)
def test_headline_is_about_the_file_and_the_model_it_was_made_from(document, verdict, words):
    set_verdict(document, "int8", "distilled", verdict, -0.001, -0.004, 0.002)
    assert headline(document) == f"On corrupted pictures int8 is right 71.2 times in 100: {words}"


def test_the_verdict_is_the_documents_own(document):
    item = set_verdict(document, "int8", "distilled", "as good", -0.001, -0.004, -0.002)
    assert comparison_sentence(document, item) == (
        "int8 is as good as distilled on corrupted pictures "
        "(−0.1 points, −0.4 to −0.2; margin 0.5)."
    )


@pytest.mark.parametrize(
    "verdict, words",
    [
        ("better", "Distillation helped: distilled is better than control"),
        ("worse", "Distillation harmed: distilled is worse than control"),
        ("as good", "Distillation did no harm: distilled is as good as control"),
        (
            "not told apart",
            "Whether distillation helped is not told: distilled is not told apart from control",
        ),
    ],
)
def test_whether_distillation_helped(document, verdict, words):
    set_verdict(document, "distilled", "control", verdict, 0.02, 0.01, 0.03)
    set_verdict(document, "int8", "teacher", "worse", -0.05, -0.06, -0.04)
    against, helped = further(document)
    assert (
        against == "int8 is worse than teacher on corrupted pictures (−5.0 points, −6.0 to −4.0)."
    )
    assert helped.startswith(f"{words} on corrupted pictures (+2.0 points, +1.0 to +3.0")


def test_a_file_for_the_phone_comes_first_then_the_smallest(drawn):
    document = drawn(models=MODELS, groups={}, n=20)[0]
    assert shipped_model(document) == "int8"
    sizes = {"teacher": 1, "control": None, "distilled": 20, "int8": 30}
    for model in document["models"]:
        model |= {"format": "keras", "bytes": sizes[model["name"]]}
    assert shipped_model(document) == "distilled"
    document["models"][1]["format"] = "tflite"
    assert shipped_model(document) == "control"
    for model in document["models"]:
        model |= {"format": "keras", "bytes": None, "parameters": 10}
    assert shipped_model(document) == "int8"
    document["models"][1]["parameters"] = 9
    assert shipped_model(document) == "control"


def test_without_its_parent_the_baseline(document):
    document["models"][3]["parent"] = None
    set_verdict(document, "int8", "teacher", "worse", -0.05, -0.06, -0.04)
    assert headline(document) == (
        "On corrupted pictures int8 is right 71.2 times in 100: worse than teacher "
        "(−5.0 points, −6.0 to −4.0)."
    )
    assert len(further(document)) == 1


def test_one_model(drawn):
    document = drawn(models=("teacher",), groups={}, n=20)[0]
    row = document["aggregates"][0]
    row |= {"clean_accuracy": 0.951, "clean_accuracy_ci95": [0.94, 0.96]}
    assert headline(document) == (
        "On clean pictures teacher is right 95.1 times in 100 (94.0–96.0)."
    )
    assert further(document) == []
    assert sentences(document) == ["teacher: 95.1 % (94.0–96.0) of clean pictures right."]


def test_texts_are_no_pictures(drawn):
    document = drawn(models=("teacher", "int8"), modality="text", n=20)[0]
    assert (noun(document), kind_of(document)) == ("texts", "corrupted")
    said = " ".join([headline(document), *sentences(document)])
    assert "corrupted texts" in said and "picture" not in said

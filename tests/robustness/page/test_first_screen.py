from keras_distill.robustness.page.first_screen import first_screen


def test_a_row_a_model_with_what_it_was_compared_with(drawn):
    document = drawn(models=("teacher", "control", "distilled"), groups={"weather": ["fog"]}, n=50)[
        0
    ]
    teacher, _, distilled = first_screen(document)
    assert teacher["is_baseline"] and teacher["verdicts"] == []
    assert teacher["made"] == "Keras model" and not distilled["is_baseline"]
    assert [item["against"] for item in distilled["verdicts"]] == ["teacher", "control"]
    item = document["comparisons"][1]
    assert distilled["verdicts"][0]["difference"] == item["corrupted_difference"]
    assert distilled["verdicts"][0]["word"] == item["corrupted_verdict"]


def test_without_corruptions_the_clean_verdict(drawn):
    document = drawn(models=("teacher", "int8"), groups={}, n=50)[0]
    document["comparisons"][0]["clean_verdict"] = "as good"
    row = first_screen(document)[1]
    assert row["made"] == ".tflite file"
    assert (row["verdicts"][0]["word"], row["verdicts"][0]["css"]) == ("as good", "same")

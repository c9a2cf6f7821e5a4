from keras_distill.robustness.page.fold_notes import fold_notes


def test_speak_of_the_model_that_would_be_shipped(drawn):
    document = drawn(models=("teacher", "int8"), groups={"weather": ["fog", "snow"]}, n=50)[0]
    document["aggregates"][1] |= {
        "worst_corruption": {"name": "glass_blur", "accuracy": 0.432},
        "worst_class_corrupted": {"class": 3, "accuracy": 0.5},
        "ece15_clean": 0.031, "ece15_corrupted": 0.092,
        "agreement_clean": 0.97, "agreement_corrupted": 0.88,
    }  # fmt: skip
    rows = document["comparisons"][0]["by_corruption"]
    rows[0]["p_holm"], rows[1]["p_holm"] = 0.01, 0.5
    assert fold_notes(document) == {
        "heat": "hardest for int8: glass blur, 43.2 of 100 right",
        "classes": "worst for int8: cat, 50.0 of 100",
        "calibration": "int8 states its confidence wrong by 3.1 points on clean data, by 9.2 on "
        "corrupted",
        "fidelity": "int8 answers as teacher does on 97.0 of 100 clean, 88.0 of 100 corrupted",
        "forest": "1 of 2 differences remain after Holm's correction",
        "costs": "int8: 94 KiB, 0.31 ms",
    }


def test_one_model_on_clean_data(drawn):
    notes = fold_notes(drawn(models=("teacher",), groups={}, n=20)[0])
    assert "heat" not in notes and notes["fidelity"] == notes["forest"] == ""

from keras_distill.robustness.page.render_markdown import render_markdown


def test_a_row_a_model_and_a_row_a_comparison(drawn):
    document = drawn(models=("teacher", "int8"), groups={"weather": ["fog"]}, n=50)[0]
    document["aggregates"][1] |= {
        "clean_accuracy": 0.871, "clean_accuracy_ci95": [0.86, 0.88],
        "mean_corrupted_accuracy": 0.7, "mean_corrupted_accuracy_ci95": [0.69, 0.71],
        "agreement_clean": 0.95,
    }  # fmt: skip
    document["comparisons"][0] |= {
        "corrupted_difference": -0.02, "corrupted_difference_ci95": [-0.03, -0.01],
        "corrupted_verdict": "worse",
    }  # fmt: skip
    page = render_markdown(document)
    assert "| int8 | 87.1 (86.0–88.0) | 70.0 (69.0–71.0) | 95.0 | 94 KiB |" in page
    assert "| int8 | teacher | −2.0 (−3.0 to −1.0) | worse |" in page
    assert "**On corrupted pictures int8 is right 70.0 times in 100: worse than teacher" in page


def test_names_are_no_marks(drawn):
    document = drawn(models=("a|b", "<script>*x*</script>"), groups={}, n=20)[0]
    page = render_markdown(document)
    assert "<script>" not in page and r"\<script\>\*x\*\</script\>" in page
    table = [line for line in page.splitlines() if line.startswith("| a")]
    assert table[0].startswith(r"| a\|b | ")


def test_precision_recall_and_f1(drawn):
    document = drawn(models=("teacher",), groups={}, n=50)[0]
    (found,) = document["classification"]
    found["classes"] = found["classes"][:2]
    found["classes"][1] |= {"precision": None, "recall": 0.25, "f1": 0.0, "support": 1234}
    found["macro"] |= {"precision": 0.5, "recall": 0.75, "f1": 0.6}
    page = render_markdown(document)
    assert "| teacher | clean | car | – | 0.250 | 0.000 | 1,234 |" in page
    assert "| teacher | clean | macro average | 0.500 | 0.750 | 0.600 |  |" in page
    found["classes"] = found["classes"] * 6
    page = render_markdown(document)
    assert "| car |" not in page and "macro average" in page
    del document["classification"]
    assert "macro average" not in render_markdown(document)

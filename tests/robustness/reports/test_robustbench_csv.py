from keras_distill.robustness.reports.robustbench_csv import robustbench_csv


def test_form_of_the_published_table(drawn):
    document = drawn(models=("a", "b"), groups={"weather": ["fog"], "blur": ["glass_blur"]}, n=20)[
        0
    ]
    corruption, severity, *rows = robustbench_csv(document).splitlines()
    # As in model_info/cifar10/corruptions/unaggregated_results.csv there.
    assert corruption == "," + ",".join(["fog"] * 5 + ["glass_blur"] * 5)
    assert severity == ",1,2,3,4,5,1,2,3,4,5"
    assert [row.split(",")[0] for row in rows] == ["a", "b"]
    cells = [c for c in document["cells"] if c["model"] == "b" and c["severity"]]
    assert [float(x) for x in rows[1].split(",")[1:]] == [c["accuracy"] for c in cells]


def test_clean_only(drawn):
    assert robustbench_csv(drawn(models=("a",), groups={}, n=20)[0]) == '""\n""\na\n'

from keras_distill.robustness.reports.run_table import RunTable

DOCUMENT = {"data": {"n": 2000}}
NOTHING = {"difference": None, "ci95": None, "p": None, "p_holm": None}


def row(model, clean, corrupted, told=None):
    found = {"model": model, "runs": 3}
    for kind, (mean, sd) in (("clean", clean), ("corrupted", corrupted)):
        found |= {f"{kind}_mean": mean, f"{kind}_sd": sd}
        found |= {
            f"{kind}_{key}": value for key, value in (NOTHING | (told or {}).get(kind, {})).items()
        }
    return found


TABLE = RunTable(
    [
        row("control", (0.9, 0.01), (None, None)),
        row(
            "a|b_c&d",
            (0.912345, 0.0123),
            (None, None),
            {"clean": {"difference": 0.012, "ci95": [0.001, 0.02], "p": 0.01, "p_holm": 0.04}},
        ),
    ],
    "control",
    DOCUMENT,
    3,
)


def test_markdown():
    assert TABLE.markdown().splitlines() == [
        "| model | runs | clean | corrupted | clean, against control "
        "| corrupted, against control |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
        "| control | 3 | 90.00 ± 1.00 | – | – | – |",
        r"| a\|b_c&d | 3 | 91.23 ± 1.23 | – | +1.20* (+0.10 to +2.00) | – |",
        "",
        "Accuracy in percent on 2,000 examples, mean ± standard deviation over runs; differences "
        "to control in points with 95 % intervals over runs and examples; * p < 0.05 after Holm's "
        "correction.",
    ]


def test_latex():
    lines = TABLE.latex().splitlines()
    assert lines[:2] == [r"\begin{tabular}{lrrrrr}", r"\toprule"]
    assert lines[4] == r"control & 3 & 90.00 $\pm$ 1.00 & -- & -- & -- \\"
    assert lines[5] == (r"a|b\_c\&d & 3 & 91.23 $\pm$ 1.23 & -- & +1.20* (+0.10 to +2.00) & -- \\")
    assert lines[-2] == r"\end{tabular}" and lines[-1].startswith("% Accuracy in percent")

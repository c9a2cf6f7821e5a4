import json

from keras_distill.robustness.reports.written_files import written_files


def test_every_file_follows_from_the_document(drawn):
    document = drawn(models=("teacher", "int8"), groups={"weather": ["fog"]}, n=20)[0]
    files = written_files(document)
    assert json.loads(files["report.json"]) == document
    assert sorted(name for name in files if name.startswith("figures/")) == [
        f"figures/{name}.svg"
        for name in (
            "agreement_by_severity", "attacks", "calibration_by_severity", "forest",
            "out_of_distribution", "pareto", "per_class", "reliability", "severity_curves",
        )
    ]  # fmt: skip
    assert files == written_files(json.loads(files["report.json"]))


def test_what_was_not_measured_is_not_drawn(drawn):
    document = drawn(models=("teacher",), groups={}, extras=False, n=20)[0]
    assert not [name for name in written_files(document) if name.startswith("figures/")]

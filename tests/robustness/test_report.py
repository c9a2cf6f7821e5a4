import pytest

from keras_distill.robustness import Report, evaluate


@pytest.fixture
def report(brightened, threshold):
    models = {"teacher": threshold(0.45), "<b>|&file": threshold(0.25)}
    return evaluate(models, **brightened)


def test_loads_and_saves_again_byte_for_byte(report, tmp_path):
    report.save(tmp_path / "one")
    again = Report.load(tmp_path / "one" / "report.json")
    again.save(tmp_path / "two")
    names = sorted(p.relative_to(tmp_path / "one") for p in (tmp_path / "one").rglob("*.*"))
    assert [str(name) for name in names] == [
        "correct.npz", "figures/severity_curves.svg", "measurements.csv", "report.html",
        "report.json", "report.md",
    ]  # fmt: skip
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    assert all((again.correct[name] == report.correct[name]).all() for name in report.correct)
    assert again.rows() == report.rows()


def test_page_is_escaped_small_and_asks_no_network(report, tmp_path):
    report.save(tmp_path / "r")
    page = (tmp_path / "r" / "report.html").read_text()
    assert "<b>|" not in page and "&lt;b&gt;|&amp;file" in page
    assert "<script" not in page and 'src="' not in page and "@import" not in page
    assert len(page) < 3_000_000


def test_without_corruptions(data, threshold, tmp_path):
    report = evaluate({"a": threshold(0.4)}, data, [], progress=False)
    report.save(tmp_path / "r")
    assert "<svg" not in (tmp_path / "r" / "report.html").read_text()


def test_not_finite_becomes_null(report):
    document = report.document | {"extra": float("nan")}
    assert Report(document).document["extra"] is None


def test_summary_says_who_is_worse(report):
    # Brightened, the student is right on 0.7 and 0.6, the teacher on 0.9 and 0.8.
    assert "against teacher on corrupted images: -20.0 points" in report.summary()
    assert report.table().row_count == 2

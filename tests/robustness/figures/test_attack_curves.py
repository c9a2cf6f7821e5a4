import numpy as np

from keras_distill.robustness.figures.attack_curves import attack_curves, attack_name


def test_marks_stand_at_strength_and_accuracy(drawn, marks):
    document = drawn(models=("distilled", "int8"), groups={}, n=20)[0]
    document["attacks"].reverse()
    fgsm, pgd = sorted(attack_curves(document), key=lambda panel: panel.title)
    assert (fgsm.title, pgd.title) == ("FGSM accuracy", "PGD-20 accuracy")
    rows = [r for r in document["attacks"] if r["attack"] == "pgd" and r["model"] == "distilled"]
    rows.sort(key=lambda row: row["epsilon"])
    x, y = np.array(marks(pgd.svg, "#0072B2")).T
    for key, found in (("epsilon", x), ("accuracy", y)):
        values = [row[key] for row in rows]
        np.testing.assert_allclose(
            np.polyval(np.polyfit(values, found, 1), values), found, atol=0.02
        )


def test_transfer_is_dashed(drawn):
    document = drawn(models=("distilled", "int8"), groups={}, n=20)[0]
    assert "stroke-dasharray" in attack_curves(document)[0].svg
    document["attacks"] = [r for r in document["attacks"] if r["model"] == "distilled"]
    assert "stroke-dasharray" not in attack_curves(document)[0].svg


def test_names():
    assert attack_name({"attack": "pgd", "steps": 10}) == "PGD-10"
    assert attack_name({"attack": "fgsm", "steps": 1}) == "FGSM"
    assert attack_curves({"models": []}) == []

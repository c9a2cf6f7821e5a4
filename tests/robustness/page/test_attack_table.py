from keras_distill.robustness.page.attack_table import attack_table


def test_strengths_stand_beside_each_other(drawn):
    document = drawn(models=("distilled", "int8"), groups={}, n=20)[0]
    missing = document["attacks"].pop(1)
    strengths, rows = attack_table(document)
    assert strengths == [2 / 255, 4 / 255, 8 / 255]
    heads = [(row["model"], row["attack"], row["crafted_on"]) for row in rows]
    assert heads == [
        ("distilled", "FGSM", None), ("distilled", "PGD-20", None),
        ("int8", "FGSM", "distilled"), ("int8", "PGD-20", "distilled"),
    ]  # fmt: skip
    assert (missing["model"], missing["attack"]) == ("distilled", "fgsm")
    assert rows[0]["cells"][1] is None and rows[0]["cells"][2]["epsilon"] == 8 / 255


def test_not_asked_for():
    assert attack_table({}) == ([], [])

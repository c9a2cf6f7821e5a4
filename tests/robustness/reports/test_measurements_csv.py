import csv

from keras_distill.robustness.reports.measurements_csv import measurements_csv


def test_a_line_a_measurement_with_its_interval(drawn):
    document = drawn(models=("a", 'b, "c"'), groups={"weather": ["fog"]}, n=30)[0]
    document["cells"][0] |= {"kl": None, "kl_ci95": None}
    lines = list(csv.DictReader(measurements_csv(document).splitlines()))
    assert len(lines) == 2 * 6 * 17
    found = {(x["model"], x["corruption"], x["severity"], x["metric"]): x for x in lines}
    cell = document["cells"][9]
    for metric in ("accuracy", "ece15", "negative_flips"):
        line = found['b, "c"', "fog", "3", metric]
        read = [float(line[key]) for key in ("value", "low", "high")]
        assert read == [cell[metric], *cell[f"{metric}_ci95"]] and line["n"] == "30"
    unknown = found["a", "clean", "0", "kl"]
    assert (unknown["value"], unknown["low"], unknown["high"]) == ("", "", "")

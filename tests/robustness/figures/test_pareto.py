import numpy as np

from keras_distill.robustness.figures.pareto import pareto


def test_clean_above_corrupted_and_the_small_to_the_left(drawn, marks):
    document = drawn(models=("teacher", "int8"), groups={"weather": ["fog"]}, n=100)[0]
    size, time = pareto(document)
    assert (size.title, time.title) == (
        "accuracy against size",
        "accuracy against time per example",
    )
    corrupted, clean = marks(size.svg, "#0072B2")
    small_corrupted, small_clean = marks(size.svg, "#D55E00")
    assert clean[1] < corrupted[1] and clean[0] == corrupted[0] > small_clean[0]
    rows = document["aggregates"]
    values = [row[key] for row in rows for key in ("mean_corrupted_accuracy", "clean_accuracy")]
    y = [place[1] for place in (corrupted, clean, small_corrupted, small_clean)]
    np.testing.assert_allclose(np.polyval(np.polyfit(values, y, 1), values), y, atol=0.02)


def test_the_axis_has_round_numbers(drawn):
    svg = pareto(drawn(models=("teacher", "int8"), groups={}, n=20)[0])[0].svg
    assert ">1,000</text>" in svg or ">2,000</text>" in svg


def test_one_known_cost_is_no_comparison(drawn):
    document = drawn(models=("teacher", "int8"), groups={}, n=20)[0]
    document["models"][0] |= {"bytes": None, "latency_ms_p50": None}
    assert pareto(document) == []

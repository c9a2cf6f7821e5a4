from keras_distill.robustness.figures.confidence_histograms import confidence_histograms


def test_a_panel_a_model_where_a_histogram_is_known(drawn):
    document = drawn(models=("teacher", "int8"), groups={}, n=20)[0]
    panels = confidence_histograms(document)
    assert [(p.title, p.group) for p in panels] == [
        ("teacher", "against svhn_cropped"), ("int8", "against svhn_cropped"),
    ]  # fmt: skip
    document["out_of_distribution"][0]["histogram"] = None
    assert [panel.title for panel in confidence_histograms(document)] == ["int8"]


def test_shares_do_not_depend_on_how_many_were_shown(drawn):
    document = drawn(models=("teacher",), groups={}, n=20)[0]
    (before,) = confidence_histograms(document)
    histogram = document["out_of_distribution"][0]["histogram"]
    histogram["out"] = [3 * count for count in histogram["out"]]
    assert confidence_histograms(document)[0].svg == before.svg
    histogram["out"][0] += 500
    assert confidence_histograms(document)[0].svg != before.svg

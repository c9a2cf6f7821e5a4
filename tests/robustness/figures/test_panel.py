from keras_distill.robustness.figures.panel import Panel


def test_stands_alone_unless_told():
    assert Panel("fog", "<svg/>") == Panel("fog", "<svg/>", "")

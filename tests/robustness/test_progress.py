from keras_distill.robustness import evaluate


def test_bar_reaches_its_end(brightened, threshold, capsys):
    evaluate({"a": threshold(0.4)}, **brightened | {"progress": True})
    assert "100%" in capsys.readouterr().out

from keras_distill.robustness import evaluate
from keras_distill.robustness.measuring.progress import progress


def test_bar_reaches_its_end(brightened, threshold, capsys):
    evaluate({"a": threshold(0.4)}, **brightened | {"progress": True})
    shown = capsys.readouterr().out
    assert "3/3" in shown and "measured" in shown


def test_silence_when_not_wanted(capsys):
    with progress(False, 2) as step:
        step("a")
    assert capsys.readouterr().out == ""

from keras_distill.robustness import evaluate
from keras_distill.robustness.figures import severity_curves


def test_same_numbers_give_the_same_bytes(brightened, threshold):
    models = {"_a$b$": threshold(0.4), "b": threshold(0.6)}
    report = evaluate(models, **brightened)
    curves = severity_curves(report)
    assert curves == severity_curves(report)
    assert curves.startswith("<svg") and "_a$b$</text>" in curves


def test_nothing_to_draw_without_corruptions(data, threshold):
    assert severity_curves(evaluate({"a": threshold(0.4)}, data, [], progress=False)) == ""

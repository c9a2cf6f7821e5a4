from keras_distill.robustness import evaluate
from keras_distill.robustness.verdict import caveats, headline


def test_says_whether_distillation_helped(brightened, threshold):
    models = {"teacher": threshold(0.45), "control": threshold(0.15), "distilled": threshold(0.45)}
    said = headline(evaluate(models, **brightened))
    # Brightened, control misses 0.1 to 0.4 (or all but 0.1): 0.6 and 0.6.
    assert "Distillation helped on corrupted pictures: +25.0 points (" in said
    models["distilled"] = models["control"]
    said = headline(evaluate(models, **brightened))
    assert said.endswith(
        "Distillation made no difference to be told on corrupted pictures: +0.0 points "
        "(+0.0 to +0.0) against control."
    )


def test_a_file_for_the_phone_comes_first(brightened, threshold):
    facts = {"b": {"bytes": 10}, "c": {"bytes": 20}}
    models = {"a": threshold(0.45), "b": threshold(0.45), "c": threshold(0.45)}
    report = evaluate(models, facts=facts, **brightened)
    assert headline(report) == (
        "On blurred, noisy or damaged pictures b is right on 85.0 in 100 where a is right on "
        "85.0: +0.0 points (+0.0 to +0.0), not told apart."
    )
    report.document["models"][2]["format"] = "tflite"
    assert headline(report).startswith("On blurred, noisy or damaged pictures c is right")
    # Rule of three with ten images.
    assert "up to 30.0 in 100 others still may be" in " ".join(caveats(report))

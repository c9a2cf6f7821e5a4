from keras_distill.robustness import evaluate
from keras_distill.robustness.render import render_html, render_markdown


def test_first_screen_says_what_the_smallest_model_loses(brightened, threshold):
    facts = {"big": {"bytes": 9000}, "mid": {"bytes": 5000}, "tiny": {"bytes": 10}}
    models = {"big": threshold(0.45), "mid": threshold(0.45), "tiny": threshold(0.25)}
    report = evaluate(models, facts=facts, **brightened)
    # Brightened, tiny is right on 0.7 and 0.6 of the pictures, big on 0.9 and 0.8.
    page = render_html(report, "<svg></svg>")
    assert "tiny is right on 65.0 in 100 where big is right on 85.0: -20.0 points" in page
    assert "| tiny | 80.0 % (49.0–94.3) | 65.0 % (" in render_markdown(report)

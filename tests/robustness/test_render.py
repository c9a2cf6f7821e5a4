from keras_distill.robustness import evaluate
from keras_distill.robustness.render import render_html, render_markdown


def test_first_screen_says_what_the_smallest_model_loses(rooms, data, threshold):
    facts = {"big": {"bytes": 9000}, "mid": {"bytes": 5000}, "tiny": {"bytes": 10}}
    models = {"big": threshold(0.45), "mid": threshold(0.45), "tiny": threshold(0.65)}
    report = evaluate(models, data, severities=(1, 2), facts=facts, progress=False)
    # Darkened, tiny is right on 0.6 and 0.4 of the pictures, big on 0.9 and 0.7.
    page = render_html(report, "<svg></svg>")
    assert "tiny gets 30.0 in 100 fewer right than big" in page
    assert "| tiny | 80.0 % (49.0–94.3) | 50.0 % (" in render_markdown(report)

"""What the report is told of each model; it is made in tests/integration."""

from keras_distill.pipeline import TransferConfiguration
from keras_distill.pipeline.transfer import robustness


def test_it_waits_for_the_files():
    assert robustness.needs(TransferConfiguration()) == ("export",)
    assert robustness.wanted(TransferConfiguration(robustness=None))


def test_seconds_of_training_and_the_files_parent(trained, monkeypatch):
    monkeypatch.setattr(robustness, "_timed", lambda journey: {"float32": 0.5})
    facts = robustness._facts(trained, {"teacher": None, "fine_tuned": None, "float32": None})
    seconds = trained.training_seconds
    assert facts["teacher"] == {
        "training_seconds": seconds["teacher"],
        "latency_ms_p50": None,
        "parent": None,
    }
    assert facts["fine_tuned"]["training_seconds"] == seconds["fine_tuned"]
    assert facts["float32"] == {
        "training_seconds": None,
        "latency_ms_p50": 0.5,
        "parent": "fine_tuned",
    }

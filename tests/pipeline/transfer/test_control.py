"""The control has the student's weights and all its epochs."""

import types

from keras_distill.pipeline import training
from keras_distill.pipeline.transfer import control


def test_epochs_of_distillation_and_fine_tuning_together(trained, monkeypatch):
    told = []
    monkeypatch.setattr(training, "fit", lambda *arguments: told.append(arguments[1:5]))
    journey = types.SimpleNamespace(
        configuration=trained.configuration,
        fresh_student=trained.fresh_student,
        plain=trained.plain,
        save=lambda name, model: f"models/{name}.keras",
    )
    assert control.run(journey) == (["models/control.keras"], {})
    ((title, _, epochs, rate),) = told
    assert (title, epochs, rate) == ("control", 6, 0.02)


def test_it_was_trained(trained):
    untrained, made = trained.fresh_student(), trained.model("control")
    changed = zip(untrained.get_weights(), made.get_weights(), strict=True)
    assert any((a != b).any() for a, b in changed)

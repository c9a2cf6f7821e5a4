"""The Distiller's terms reach TensorBoard and wandb by callbacks that know nothing of it."""

import keras
import numpy as np
import pytest

import keras_distill as kd

TERMS = {"loss", "student_loss", "soft_targets_loss", "feature_hint_loss", "accuracy"}


def fitted(*callbacks):
    """The history of two epochs, with every term a metric."""
    keras.utils.set_random_seed(0)

    def model(width):
        return keras.Sequential(
            [keras.Input((4,)), keras.layers.Dense(width, name="hidden"), keras.layers.Dense(3)]
        )

    losses = [kd.losses.SoftTargets(), kd.losses.FeatureHint("hidden", "hidden", seed=0)]
    distiller = kd.Distiller(model(6), model(2), losses)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    distiller.compile("adam", loss, metrics=["accuracy"])
    rng = np.random.default_rng(0)
    x, y = rng.random((32, 4), "float32"), rng.integers(0, 3, 32)
    made = distiller.fit(
        x, y, validation_data=(x, y), epochs=2, verbose=0, callbacks=list(callbacks)
    )
    assert set(made.history) >= TERMS
    return made.history


def test_tensorboard_holds_every_term_of_every_epoch(tmp_path):
    pytest.importorskip("tensorboard", reason="TensorBoard comes with the extra `tracking`.")
    if keras.backend.backend() != "tensorflow":
        pytest.skip("Keras writes TensorBoard's files by TensorFlow.")
    from tensorboard.backend.event_processing.event_file_loader import EventFileLoader
    from tensorboard.util.tensor_util import make_ndarray

    history = fitted(keras.callbacks.TensorBoard(tmp_path / "logs", write_graph=False))
    seen = {}
    for file in sorted((tmp_path / "logs" / "train").glob("events.out.tfevents.*")):
        for event in EventFileLoader(str(file)).Load():
            for value in event.summary.value:
                number = float(make_ndarray(value.tensor))
                seen.setdefault(value.tag.removeprefix("epoch_"), {})[event.step] = number
    assert set(seen) >= TERMS
    for name in TERMS:
        np.testing.assert_allclose([seen[name][0], seen[name][1]], history[name], rtol=1e-6)


@pytest.mark.slow
def test_wandb_holds_every_term(tmp_path, monkeypatch):
    for name in ("WANDB_DIR", "WANDB_CACHE_DIR", "WANDB_CONFIG_DIR", "WANDB_DATA_DIR", "HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("WANDB_MODE", "offline")
    monkeypatch.setenv("WANDB_SILENT", "true")
    monkeypatch.chdir(tmp_path)
    wandb = pytest.importorskip("wandb", reason="wandb comes with the extra `tracking`.")
    from wandb.integration.keras import WandbMetricsLogger

    with wandb.init(project="distillation", dir=str(tmp_path)) as run:
        history = fitted(WandbMetricsLogger())
        summary = dict(run.summary)
    assert (tmp_path / "wandb").is_dir()
    for name in TERMS:
        assert summary[f"epoch/{name}"] == pytest.approx(history[name][-1], rel=1e-6)
        if f"val_{name}" in history:
            last = history[f"val_{name}"][-1]
            assert summary[f"epoch/val_{name}"] == pytest.approx(last, rel=1e-6)

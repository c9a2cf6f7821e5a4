"""The same student after twenty steps on every backend.

`tests/golden/twenty_steps.json` was written by TensorFlow
(`python tests/distillation/test_backends.py`); each backend is held to it, so that no process
needs two of them.
"""

import json
import pathlib

import keras
import numpy as np
import pytest
from keras import layers

from keras_distill.distillation import Distiller
from keras_distill.losses import (
    AttentionTransfer,
    DecoupledDistillation,
    FeatureHint,
    SimilarityPreservation,
    SoftTargets,
)
from keras_distill.schedules import Linear

GOLDEN = pathlib.Path(__file__).resolve().parents[1] / "golden" / "twenty_steps.json"


def network(width, name):
    inputs = keras.Input((8, 8, 3))
    x = layers.Conv2D(width, 3, padding="same", activation="relu", name="maps")(inputs)
    x = layers.BatchNormalization(name="norm")(x)
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    return keras.Model(inputs, layers.Dense(5, name="head")(x), name=name)


def filled(model, seed):
    rng = np.random.default_rng(seed)
    for weight in model.variables:
        if weight.name in ("step", "iteration") or "seed" in weight.path:
            continue
        values = rng.normal(0, 0.3, weight.shape)
        weight.assign(np.abs(values) + 0.5 if "variance" in weight.name else values)


def twenty_steps():
    teacher, student = network(12, "teacher"), network(6, "student")
    losses = [
        SoftTargets(Linear(4.0, 2.0, 20)),
        DecoupledDistillation(),
        FeatureHint("pool", "pool", projection=True),
        AttentionTransfer("maps", "maps"),
        SimilarityPreservation("pool", "pool"),
    ]
    distiller = Distiller(teacher, student, losses, [1.0, 0.1, 0.5, 0.5, 1.0], 0.3)
    for seed, model in enumerate((teacher, student, losses[2])):
        filled(model, seed)
    rng = np.random.default_rng(9)
    x = rng.normal(size=(160, 8, 8, 3)).astype("float32")
    y = rng.integers(0, 5, 160)
    distiller.compile(
        keras.optimizers.SGD(0.05),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    logs = [
        distiller.train_on_batch(x[i : i + 16], y[i : i + 16], return_dict=True)
        for i in [*range(0, 160, 16)] * 2
    ]
    return {
        "loss": [float(each["loss"]) for each in logs],
        "attention": float(logs[-1]["attention_transfer_loss"]),
        "weights": [np.array(each).ravel().tolist() for each in student.trainable_variables],
    }


def test_twenty_steps_are_those_of_every_backend():
    golden, seen = json.loads(GOLDEN.read_text(encoding="utf-8")), twenty_steps()
    np.testing.assert_allclose(seen["loss"], golden["loss"], rtol=1e-5)
    assert seen["attention"] == pytest.approx(golden["attention"], rel=1e-5)
    for each, wanted in zip(seen["weights"], golden["weights"], strict=True):
        np.testing.assert_allclose(each, wanted, rtol=1e-5, atol=1e-5)
    assert golden["loss"][-1] < golden["loss"][0]


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps(twenty_steps()) + "\n", encoding="utf-8")

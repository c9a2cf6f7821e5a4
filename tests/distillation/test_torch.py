"""PyTorch: a smoke test where torch is installed, no promise more."""

import os
import subprocess
import sys
import textwrap

import pytest

SCRIPT = """
    import keras, numpy as np
    import keras_distill as kd
    assert keras.backend.backend() == "torch"
    def build(width, name):
        inputs = keras.Input((8, 8, 3))
        x = keras.layers.Conv2D(width, 3, activation="relu", name="maps")(inputs)
        x = keras.layers.GlobalAveragePooling2D(name="pool")(x)
        return keras.Model(inputs, keras.layers.Dense(4)(x), name=name)
    losses = [kd.losses.SoftTargets(), kd.losses.FeatureHint("pool", "pool"),
              kd.losses.AttentionTransfer("maps", "maps")]
    distiller = kd.Distiller(build(12, "t"), build(6, "s"), losses)
    distiller.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True),
                      metrics=["accuracy"])
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(64, 8, 8, 3)).astype("float32"), rng.integers(0, 4, 64)
    teacher = [np.array(w.detach().cpu()) for w in map(keras.ops.convert_to_tensor, distiller.teacher.weights)]
    history = distiller.fit(x, y, epochs=3, verbose=0).history["loss"]
    assert np.isfinite(history).all() and history[-1] < history[0]
    distiller.evaluate(x, y, verbose=0)
    for before, weight in zip(teacher, distiller.teacher.weights):
        np.testing.assert_array_equal(before, keras.ops.convert_to_numpy(weight))
"""  # noqa: E501


def test_a_few_epochs():
    pytest.importorskip("torch")
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(SCRIPT)],
        capture_output=True, text=True, timeout=300,
        env={**os.environ, "KERAS_BACKEND": "torch", "CUDA_VISIBLE_DEVICES": ""},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]

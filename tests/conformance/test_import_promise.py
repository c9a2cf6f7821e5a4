"""`import keras_distill` is cheap and leaves the process as it found it."""

import compileall
import json
import os
import pathlib
import statistics
import subprocess
import sys

import pytest

HEAVY = ("tensorflow_model_optimization", "tf_keras", "tensorflow_datasets", "matplotlib")

IMPORT = f"""
HEAVY = {HEAVY!r}
import json, os, sys, time
import keras
# Keras 3.15 itself loads matplotlib where it is installed.
known = set(sys.modules)
before = time.process_time()
import keras_distill
seconds = time.process_time() - before
loaded = [name for name in HEAVY if name in sys.modules and name not in known]
legacy = os.environ.get("TF_USE_LEGACY_KERAS")
print(json.dumps(dict(seconds=seconds, loaded=loaded, legacy=legacy)))
"""

PRUNE = """
import json, os, numpy as np, keras, tensorflow as tf, keras_distill as kd
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(8), keras.layers.Dense(2)])
schedule = kd.compression.PolynomialDecay(
    initial_sparsity=0.0, final_sparsity=0.5, begin_step=0, end_step=2, frequency=1)
pruned = kd.compression.prune_low_magnitude(model, pruning_schedule=schedule)
pruned.compile("sgd", "mse")
pruned.fit(np.ones((8, 4), "float32"), np.ones((8, 2), "float32"), batch_size=2, verbose=0)
print(json.dumps({"keras": tf.keras.__version__, "legacy": os.environ.get("TF_USE_LEGACY_KERAS")}))
"""

BARE = "import time, keras; print(time.process_time())"
WITH = "import time, keras, keras_distill; print(time.process_time())"


# The second makes Python compile every module anew, where an installed package is compiled once.
LEFT_OUT = ("TF_USE_LEGACY_KERAS", "PYTHONDONTWRITEBYTECODE")


def run(code):
    environment = {k: v for k, v in os.environ.items() if k not in LEFT_OUT}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def test_import_loads_nothing_heavy_and_takes_little():
    import keras_distill

    # As pip compiles an installed package.
    compileall.compile_dir(pathlib.Path(keras_distill.__file__).parent, quiet=1)
    seen = run(IMPORT)
    assert seen["loaded"] == []
    assert seen["legacy"] is None
    assert seen["seconds"] <= 0.3


@pytest.mark.slow
def test_keras_stays_keras_3_after_a_pruning_run():
    seen = run(PRUNE)
    assert seen["keras"].startswith("3.")
    assert seen["legacy"] is None


@pytest.mark.slow
def test_import_takes_at_most_three_tenths_of_a_second_beyond_keras():
    differences = [run(WITH) - run(BARE) for _ in range(7)]
    assert statistics.median(differences) <= 0.3

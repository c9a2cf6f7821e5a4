"""The door to TF-MOT: what comes through it, and that it leaves no trace."""

import os
import subprocess
import sys

import pytest

from keras_distill import _tfmot

PRUNING_RUN = """
import numpy as np
import keras_distill as kd
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(4)])
schedule = kd.compression.ConstantSparsity(0.5, 0, frequency=1)
pruned = kd.compression.prune_low_magnitude(model, schedule)
pruned.compile("sgd", "mse")
pruned.fit(np.ones((4, 4)), np.ones((4, 4)), verbose=0)
kd.compression.strip_pruning(pruned)
clustered = kd.compression.strip_clustering(kd.compression.cluster_weights(model, 4))
kd.compression.quantize_model(clustered, preserve_clusters=True)
"""
KERAS_CV = "import keras_cv; keras_cv.layers.RandAugment(value_range=(0, 1))\n"
CHECK = """
assert tf.keras.__version__.startswith("3."), tf.keras.__version__
assert os.environ.get("TF_USE_LEGACY_KERAS") == {before!r}, os.environ
"""


def run_child(code, before=None):
    environment = {key: value for key, value in os.environ.items() if key != "TF_USE_LEGACY_KERAS"}
    if before is not None:
        environment["TF_USE_LEGACY_KERAS"] = before
    head = "import os\nimport keras\nimport tensorflow as tf\n"
    ended = subprocess.run(
        [sys.executable, "-c", head + code + CHECK.format(before=before)],
        env=environment,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 0, ended.stderr[-2000:]


@pytest.mark.parametrize("before", [None, pytest.param("0", marks=pytest.mark.slow)])
def test_tf_keras_and_the_variable_stay_as_they_were(before):
    run_child(PRUNING_RUN, before)


@pytest.mark.slow
def test_keras_cv_imports_after_a_pruning_run():
    run_child(PRUNING_RUN + KERAS_CV)


@pytest.mark.slow
def test_pruning_runs_after_keras_cv():
    run_child(KERAS_CV + PRUNING_RUN)


@pytest.mark.slow
@pytest.mark.parametrize("first", [True, False])
def test_keras_hub_before_and_after_a_pruning_run(first):
    hub = "import keras_hub\nkeras_hub.layers.TransformerEncoder(8, 2)(keras.Input((3, 4)))\n"
    run_child((hub + PRUNING_RUN if first else PRUNING_RUN + hub) + KERAS_CV)


@pytest.mark.slow
def test_importing_the_package_leaves_tfmot_alone():
    run_child(
        "import sys, keras_distill\n"
        "assert 'tensorflow_model_optimization' not in sys.modules\n"
        "assert 'tf_keras' not in sys.modules\n"
    )


@pytest.mark.parametrize("name", sorted(_tfmot._SYMBOLS))
def test_canary_every_symbol_is_where_it_was(name):
    assert getattr(_tfmot, name).__name__ == name
    assert name in dir(_tfmot)


def test_unknown_symbol():
    with pytest.raises(AttributeError) as caught:
        _ = _tfmot.Clustering
    assert str(caught.value) == (
        "module 'keras_distill._tfmot' has no attribute 'Clustering'. Expected one of: "
        f"{', '.join(_tfmot._SYMBOLS)}."
    )

import platform

import keras

from keras_distill.robustness.measuring.environment import environment


def test_versions():
    found = environment()
    assert found["keras"] == keras.__version__ and found["python"] == platform.python_version()
    assert {"keras-distill", "tensorflow", "numpy", "ai-edge-litert"} <= set(found)

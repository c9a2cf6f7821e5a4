"""Shared by every test: a quiet, deterministic process on the CPU."""

import gc
import os

# Before TensorFlow is imported by any test.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
os.environ.setdefault("MPLBACKEND", "Agg")
# The suite runs one process a core; a second thread in each only waits for the other's.
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")

import keras
import pytest


def pytest_collection_finish(session):
    """Tracing makes objects by the hundred thousand; looking for garbage took a tenth of it."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(autouse=True)
def fresh_session(request):
    """Names and random draws of a test do not depend on the tests before it."""
    # The walks over the rooms are hundreds of tests that build nothing.
    if "conformance" not in request.path.parts:
        # Without a collection of garbage: with TensorFlow's objects it took more than the tests.
        keras.backend.clear_session(free_memory=False)
        keras.utils.set_random_seed(0)

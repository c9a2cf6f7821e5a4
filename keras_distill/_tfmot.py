"""The one door to TensorFlow Model Optimization (TF-MOT).

Importing TF-MOT sets `TF_USE_LEGACY_KERAS` for the whole process and turns an untouched
`tf.keras` into Keras 2. Only this module imports it, on the first use of one of the names
below, in the order that leaves both as they were.
"""

import importlib
import os
import threading
import warnings

import keras

_CORE = "tensorflow_model_optimization.python.core"
_SYMBOLS = {
    "PruningSchedule": f"{_CORE}.sparsity.keras.pruning_schedule",
    "PolynomialDecay": f"{_CORE}.sparsity.keras.pruning_schedule",
    "ConstantSparsity": f"{_CORE}.sparsity.keras.pruning_schedule",
    "Pruning": f"{_CORE}.sparsity.keras.pruning_impl",
    "PruneForLatencyOnXNNPack": f"{_CORE}.sparsity.keras.pruning_policy",
    "PruneRegistry": f"{_CORE}.sparsity.keras.prune_registry",
    "CentroidInitialization": f"{_CORE}.clustering.keras.cluster_config",
    "GradientAggregation": f"{_CORE}.clustering.keras.cluster_config",
    "CentroidsInitializerFactory": f"{_CORE}.clustering.keras.clustering_centroids",
    "ClusteringAlgorithm": f"{_CORE}.clustering.keras.clustering_algorithm",
    "ClusteringAlgorithmPerChannel": f"{_CORE}.clustering.keras.clustering_algorithm",
    "LastValueQuantizer": f"{_CORE}.quantization.keras.quantizers",
    "MovingAverageQuantizer": f"{_CORE}.quantization.keras.quantizers",
    "AllValuesQuantizer": f"{_CORE}.quantization.keras.quantizers",
    "MovingAvgQuantize": f"{_CORE}.quantization.keras.quant_ops",
    "Default8BitConvWeightsQuantizer": (
        f"{_CORE}.quantization.keras.default_8bit.default_8bit_quantizers"
    ),
}
_VARIABLE = "TF_USE_LEGACY_KERAS"
_lock = threading.Lock()


def _import(module):
    if keras.backend.backend() != "tensorflow":
        raise RuntimeError(
            "Compression drives TF-MOT's own algorithms, which need Keras's TensorFlow backend. "
            f"Received: backend {keras.backend.backend()!r}. Set KERAS_BACKEND=tensorflow before "
            "the first import of keras; a model saved as `.keras` moves over as it is."
        )
    with _lock:
        import tensorflow as tf

        # Touching an attribute settles the lazy `tf.keras` before TF-MOT sets the variable.
        _ = tf.keras.__version__
        before = os.environ.get(_VARIABLE)
        try:
            with warnings.catch_warnings():
                # TF-MOT compares versions by distutils; nobody but its authors can mend that.
                warnings.filterwarnings("ignore", "distutils Version classes", DeprecationWarning)
                return importlib.import_module(module)
        finally:
            if before is None:
                os.environ.pop(_VARIABLE, None)
            else:
                os.environ[_VARIABLE] = before


def __getattr__(name):
    if name not in _SYMBOLS:
        raise AttributeError(
            f"module {__name__!r} has no attribute {name!r}. Expected one of: "
            f"{', '.join(_SYMBOLS)}."
        )
    return getattr(_import(_SYMBOLS[name]), name)


def __dir__():
    return sorted(_SYMBOLS)

"""KerasTuner, which an extra of this package brings."""

import importlib
import importlib.util


def tuner_package():
    """The module `keras_tuner`.

    Raises:
        ImportError: It is not installed; the sentence says how it is.
    """
    _need("keras_tuner", "kd.search", "KerasTuner")
    return importlib.import_module("keras_tuner")


def need_scikit_learn():
    """ImportError where KerasTuner's Bayesian search cannot find its Gaussian process."""
    _need("sklearn", "The Bayesian search", "scikit-learn")


def _need(module, who, package):
    if importlib.util.find_spec(module) is None:
        raise ImportError(
            f'{who} needs {package}, which is not installed: pip install "keras-distill[search]".'
        )

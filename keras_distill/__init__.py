"""keras_distill: from a heavy Keras model to a small, proven one on a phone.

Rooms load when they are first used. The four that own serializable classes
load with the package, so that `keras.models.load_model` knows them.
"""

import importlib

__version__ = "0.1.0"

_ROOMS = (
    "attacks",
    "compression",
    "corruptions",
    "datasets",
    "distillation",
    "export",
    "files",
    "footprint",
    "losses",
    "metrics",
    "models",
    "pipeline",
    "predictors",
    "robustness",
    "schedules",
    "search",
    "teachers",
    "testing",
)
_NAMES = {"Distiller": "distillation", "compress": "pipeline"}

__all__ = [*_ROOMS, *_NAMES, "__version__"]

for _room in ("losses", "schedules", "distillation", "compression"):
    importlib.import_module(f"{__name__}.{_room}")


def __getattr__(name):
    if name in _ROOMS:
        return importlib.import_module(f"{__name__}.{name}")
    if name in _NAMES:
        return getattr(importlib.import_module(f"{__name__}.{_NAMES[name]}"), name)
    raise AttributeError(
        f"module 'keras_distill' has no attribute {name!r}. Expected one of: {', '.join(__all__)}."
    )


def __dir__():
    return sorted(__all__)

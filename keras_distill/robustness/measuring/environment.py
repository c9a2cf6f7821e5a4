"""What a measurement was made with."""

import platform
from importlib.metadata import version

_PACKAGES = ("keras-distill", "tensorflow", "keras", "numpy", "ai-edge-litert")


def environment():
    """Versions of Python and of the packages that numbers depend on."""
    return {"python": platform.python_version(), **{each: version(each) for each in _PACKAGES}}

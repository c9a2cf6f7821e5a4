"""KerasHub, imported when a model is made of it."""

import importlib


def keras_hub_module(what):
    """The module `keras_hub`; it takes seconds to import, and is an extra.

    Args:
        what: Who needs it, for the error.

    Returns:
        The module.

    Raises:
        ImportError: It is not installed.
    """
    try:
        return importlib.import_module("keras_hub")
    except ModuleNotFoundError as error:
        raise ImportError(
            f"`{what}` makes its model of KerasHub's layers, and {error.name} is not installed. "
            'Run: pip install "keras-distill[nlp]"'
        ) from error

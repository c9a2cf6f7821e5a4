"""Packages of the extra `nlp`, imported when a model is made of them."""

import importlib


def nlp_module(name, what):
    """A module that takes seconds to import, or is not installed.

    Args:
        name: Of the module, such as `"keras_hub"`.
        what: Who needs it, for the error.

    Returns:
        The module.

    Raises:
        ImportError: It is not installed.
    """
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        raise ImportError(
            f"`{what}` needs {name}, and {error.name} is not installed. "
            'Run: pip install "keras-distill[nlp]"'
        ) from error

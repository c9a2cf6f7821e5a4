"""A .keras file that a configuration names."""

import pathlib

import keras


def load_model(path, key):
    """The model, or an error that names the configuration key the path came from."""
    path = pathlib.Path(path)
    if not path.is_file():
        raise FileNotFoundError(
            f"`{key}`: expected a .keras file. Received: {str(path)!r}, which does not exist."
        )
    try:
        return keras.models.load_model(path, compile=False)
    except (ValueError, OSError, TypeError, KeyError) as error:
        raise ValueError(
            f"`{key}`: Keras cannot read {str(path)!r}; expected a .keras file saved by Keras 3 "
            f"({type(error).__name__}: {str(error).splitlines()[0]})."
        ) from error

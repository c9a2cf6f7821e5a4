"""Whose search lies in a folder: going on with another one would mix the two."""

import hashlib
import json
import shutil

import keras
import numpy as np

from keras_distill.files.atomic_path import atomic_path

FILE = "search.json"


def claim(folder, settings, overwrite):
    """Makes the folder this search's own.

    Args:
        folder: A `pathlib.Path`.
        settings: {name: plain value} of all that decides the trials.
        overwrite: Whether a search that is there already is deleted first. What is no
            search is never deleted.

    Raises:
        ValueError: Another search, or something that is none, lies there.
    """
    settings = json.loads(json.dumps(settings))
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        file = folder / FILE
        if not file.is_file():
            raise ValueError(
                f"The folder {str(folder)!r} holds something that is no search. Give an empty or a "
                "new `directory`."
            )
        if overwrite:
            shutil.rmtree(folder)
        else:
            there = json.loads(file.read_text(encoding="utf-8"))
            for name in sorted(there.keys() | settings.keys()):
                if there.get(name) != settings.get(name):
                    _refuse(folder, name, there.get(name), settings.get(name))
    folder.mkdir(parents=True, exist_ok=True)
    with atomic_path(folder / FILE) as path:
        path.write_text(json.dumps(settings, indent=1), encoding="utf-8")


def weights_digest(model):
    """sha256 of a model's weights, hexadecimal; `None` of what holds none."""
    if not isinstance(model, keras.Model):
        return None
    digest = hashlib.sha256()
    for weight in model.weights:
        array = np.ascontiguousarray(keras.ops.convert_to_numpy(weight))
        digest.update(str((array.shape, str(array.dtype))).encode())
        digest.update(array.tobytes())
    return digest.hexdigest()


def _refuse(folder, name, there, here):
    difference = f"`{name}` is {there!r} there and {here!r} here"
    if name in ("teacher", "student"):
        difference = f"its {name} has other weights"
    raise ValueError(
        f"The folder {str(folder)!r} holds another search: {difference}. Give another "
        "`directory`, or start afresh with overwrite=True."
    )

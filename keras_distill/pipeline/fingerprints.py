"""What a run reads from elsewhere, told apart by its contents."""

import hashlib
import json
import pathlib

import numpy as np

from keras_distill.files.sha256 import sha256


def of(configuration, teacher=None, student=None, splits=None):
    """{key: fingerprint} of teacher, student and data, from files or from memory."""
    found = {}
    several = getattr(configuration, "teachers", None)
    sections = (
        [("teacher.model", configuration.teacher, teacher)]
        if several is None
        else [(f"teachers[{i}].model", each, None) for i, each in enumerate(several)]
    )
    for key, section, model in (*sections, ("student.model", configuration.student, student)):
        if model is not None:
            found[key] = of_model(model)
        elif section.model is not None and pathlib.Path(section.model).is_file():
            found[key] = sha256(section.model)
    if splits is not None:
        found["data"] = of_splits(splits)
    elif pathlib.Path(configuration.data.name).is_dir():
        found["data.name"] = of_folder(configuration.data.name)
    elif pathlib.Path(configuration.data.name).is_file():
        found["data.name"] = sha256(configuration.data.name)
    return found


def of_model(model):
    """Architecture and weights."""
    seen = hashlib.sha256(json.dumps(model.get_config(), sort_keys=True, default=str).encode())
    for weight in model.get_weights():
        seen.update(np.ascontiguousarray(weight).tobytes())
    return seen.hexdigest()


def of_splits(splits):
    """The first batch of validation and test: enough to tell one data set from another."""
    seen = hashlib.sha256()
    _, *held_out = splits
    for split in held_out:
        for part in next(iter(split), ()):
            seen.update(np.ascontiguousarray(part).tobytes())
    return seen.hexdigest()


def of_folder(folder):
    """Names and sizes of the files: reading gigabytes of pictures would take too long."""
    folder = pathlib.Path(folder)
    listing = sorted(
        (str(path.relative_to(folder)), path.stat().st_size)
        for path in folder.rglob("*")
        if path.is_file()
    )
    return hashlib.sha256(json.dumps(listing).encode()).hexdigest()

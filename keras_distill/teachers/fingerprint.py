"""Tells one teacher from another: a hash of its architecture and weights."""

import hashlib
import json

import keras
import numpy as np


def fingerprint(teacher):
    """sha256 of a model's layers and weights, hexadecimal.

    Layer names are left out: a teacher that is built again is the same teacher.
    """
    digest = hashlib.sha256()
    shapes = [[type(teacher).__name__, teacher.count_params()]]
    for layer in teacher._flatten_layers(include_self=False):
        config = {}
        if not isinstance(layer, keras.Model):  # a nested model's config is full of names
            config = {k: v for k, v in layer.get_config().items() if k not in ("name", "dtype")}
        shapes.append([type(layer).__name__, config])
    text = json.dumps(shapes, default=lambda each: type(each).__name__, sort_keys=True)
    digest.update(text.encode())
    for weight in teacher.weights:
        array = np.ascontiguousarray(keras.ops.convert_to_numpy(weight))
        digest.update(str((array.shape, str(array.dtype))).encode())
        digest.update(array.tobytes())
    return digest.hexdigest()

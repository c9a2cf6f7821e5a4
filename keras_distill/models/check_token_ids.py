"""Follows token ids into a model, to the embeddings that they ask for."""

import functools
import inspect

import keras


def check_token_ids(model, x):
    """Refuses ids in `x` that are beyond the embeddings of a layer that they reach.

    Args:
        model: A `keras.Model`; one that has embeddings runs once.
        x: What it is fed, a few examples.

    Raises:
        ValueError: As said.
    """
    embeddings = [
        layer
        for layer in model._flatten_layers(include_self=False)
        if isinstance(layer, keras.layers.Embedding)
    ]
    if not embeddings:
        return
    seen = {}

    def watched(layer, call):
        @functools.wraps(call)
        def run(inputs, *args, **kwargs):
            # In reverse a tied embedding is fed features, not ids.
            if kwargs.get("reverse") or (args and args[0]) or not _has_values(inputs):
                return call(inputs, *args, **kwargs)
            ids = keras.ops.convert_to_numpy(inputs)
            if ids.size:
                seen.setdefault(id(layer), (layer, int(ids.min()), int(ids.max())))
            # The rest of the model runs: one mistake is told, not what it leads to.
            return call(keras.ops.clip(inputs, 0, layer.input_dim - 1), *args, **kwargs)

        return run

    try:
        for layer in embeddings:
            vars(layer)["call"] = watched(layer, layer.call)
        takes = "training" in inspect.signature(model.call).parameters
        model(x, **({"training": False} if takes else {}))
    finally:
        for layer in embeddings:
            vars(layer).pop("call", None)
    for layer, least, most in seen.values():
        if least < 0 or most >= layer.input_dim:
            raise ValueError(
                f"Expected token ids from 0 to {layer.input_dim - 1:,}, of which layer "
                f"'{layer.name}' of '{model.name}' has embeddings. Received: the id "
                f"{most if most >= layer.input_dim else least:,}. Use the preprocessor that the "
                "model's weights were made with, or build the model for this vocabulary."
            )


def _has_values(inputs):
    """Whether ids are there to be looked at: not where a model compiles its own `call`."""
    if keras.backend.backend() != "tensorflow":
        return True
    import tensorflow as tf

    return not tf.is_symbolic_tensor(inputs)

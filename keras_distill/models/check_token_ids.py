"""Follows token ids into a model, to the embeddings that they ask for."""

import functools

import keras


def check_token_ids(model, x):
    """Refuses ids in `x` that are beyond the embeddings of a layer that they reach.

    Args:
        model: A `keras.Model`; it runs once.
        x: What it is fed, a few examples.

    Raises:
        ValueError: As said.
    """
    embeddings = [
        layer
        for layer in model._flatten_layers(include_self=False)
        if isinstance(layer, keras.layers.Embedding)
    ]
    seen = {}

    def watched(layer, call):
        @functools.wraps(call)
        def run(inputs, *args, **kwargs):
            # In reverse a tied embedding is fed features, not ids.
            if kwargs.get("reverse") or (args and args[0]):
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
        model(x, training=False)
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

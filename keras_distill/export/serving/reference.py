"""What the Keras model says, the measure for every artefact of it."""

import numpy as np

_BATCH = 32


def reference(ends, serve, samples):
    """The outputs of a model on samples.

    Args:
        ends: Its `ModelEnds`.
        serve: From {name: tensor} to {name: tensor}.
        samples: {name: array `(n, …)`}.

    Returns:
        {name: array `(n, …)`}.
    """
    import tensorflow as tf

    size = ends.batch or _BATCH
    specs = {end.name: tf.TensorSpec((ends.batch, *end.shape), end.dtype) for end in ends.inputs}

    # Its own graph, not the model's `predict_function`, which would stay with the model.
    run = tf.function(serve).get_concrete_function(specs)
    count = len(next(iter(samples.values())))
    parts = []
    for start in range(0, count, size):
        batch = {name: values[start : start + size] for name, values in samples.items()}
        given = len(next(iter(batch.values())))
        if ends.batch and given < size:
            rows = np.arange(size) % given
            batch = {name: values[rows] for name, values in batch.items()}
        tensors = {name: tf.constant(values, specs[name].dtype) for name, values in batch.items()}
        parts.append({name: np.asarray(out)[:given] for name, out in run(tensors).items()})
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}

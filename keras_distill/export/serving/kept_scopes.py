"""Layers that an int8 file shall keep in float, marked in the graph."""

import contextlib

from keras_distill.export.serving.patched_calls import patched_calls
from keras_distill.predictors.feature_taps import find_layer

# No name that a layer of somebody's would have.
_SCOPE = "keep_float_of_kd"


@contextlib.contextmanager
def kept_scopes(model, paths):
    """Has the operators of some layers carry a name of their own while the model is traced.

    The converter's quantizer knows operators by the names of what they put out, and these begin
    with the scopes that they were made in.

    Args:
        model: A `keras.Model`.
        paths: Paths of layers, such as `"head"` or `"encoder/dense_3"`.

    Yields:
        {path: scope}.

    Raises:
        ValueError: No layer has such a path; the nearest are named.
    """
    if isinstance(paths, str):
        paths = [paths]
    layers = {path: find_layer(model, path, "model") for path in paths}
    scopes = {path: f"{_SCOPE}_{number}_" for number, path in enumerate(layers)}

    def around(path, layer, call, *args, **kwargs):
        import tensorflow as tf

        with tf.name_scope(scopes[path]):
            return call(*args, **kwargs)

    with patched_calls(layers, around):
        yield scopes

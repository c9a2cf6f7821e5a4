"""Layers whose `call` is another for a while."""

import contextlib
import functools


@contextlib.contextmanager
def patched_calls(layers, around):
    """Has each layer's calls run through a function for as long as the block lasts.

    Args:
        layers: {path: layer}. Operations of `keras.ops` in a graph may be among them.
        around: Called as `around(path, layer, call, *args, **kwargs)` in place of
            `call(*args, **kwargs)`; gives what that would.
    """
    with contextlib.ExitStack() as stack:
        for path, layer in layers.items():
            own = vars(layer).get("call")
            through = functools.partial(around, path, layer, layer.call)
            # Past `__setattr__`: it is no state that Keras should track.
            vars(layer)["call"] = functools.wraps(layer.call)(through)
            stack.callback(_give_back, layer, own)
        yield


def _give_back(layer, own):
    if own is None:
        del vars(layer)["call"]
    else:
        vars(layer)["call"] = own

"""Let inner layers compute something else for the duration of their owner's call."""

import contextlib
import functools
import threading

_LOCK = threading.Lock()


@contextlib.contextmanager
def replaced_calls(replacements, name="call"):
    """Replace methods of single layers, and give them back whatever happens.

    Only the thread that asks for it gets the replacement: `tf.distribute.MirroredStrategy` runs
    each replica in a thread of its own, and lets another go on in the middle of a call.

    Args:
        replacements: {layer: function}. The function is called as `function(original, *args,
            **kwargs)`, `original` being the layer's own bound method.
        name: name of the method, or of an attribute that is called. Defaults to "call".
    """
    with contextlib.ExitStack() as stack:
        for layer, function in replacements.items():
            stack.enter_context(_replaced(layer, name, function))
        yield


@contextlib.contextmanager
def _replaced(layer, name, function):
    with _LOCK:
        # Somebody else, a feature tap for example, may have replaced ours since: ask for its own.
        method = getattr(vars(layer).get(name), "_method", None)
        if method is None or vars(layer)[name] is not method.dispatch:
            method = _Method(layer, name)
        method.users += 1
    outer = method.current
    method.thread.current = functools.partial(function, outer)
    try:
        yield
    finally:
        method.thread.current = outer
        with _LOCK:
            method.users -= 1
            if not method.users:
                method.give_back()


class _Method:
    """A method of one layer that is another in each thread."""

    def __init__(self, layer, name):
        self.layer, self.name, self.users = layer, name, 0
        self.before = vars(layer).get(name)
        self.original = getattr(layer, name)
        self.thread = threading.local()

        # Keras looks at the signature; `wraps` keeps the layer's own.
        @functools.wraps(self.original, updated=())
        def dispatch(*args, **kwargs):
            return self.current(*args, **kwargs)

        dispatch._method = self
        self.dispatch = vars(layer)[name] = dispatch

    @property
    def current(self):
        return getattr(self.thread, "current", self.original)

    def give_back(self):
        if self.before is None:
            vars(self.layer).pop(self.name, None)
        else:
            vars(self.layer)[self.name] = self.before

"""Let inner layers compute something else for the duration of their owner's call."""

import contextlib
import functools


@contextlib.contextmanager
def replaced_calls(replacements, name="call"):
    """Replace methods of single layers, and give them back whatever happens.

    Args:
        replacements: {layer: function}. The function is called as `function(original, *args,
            **kwargs)`, `original` being the layer's own bound method.
        name: name of the method. Defaults to "call".
    """
    before = {layer: vars(layer).get(name) for layer in replacements}
    try:
        for layer, function in replacements.items():
            original = getattr(layer, name)
            # Keras looks at the signature; `wraps` keeps the layer's own.
            made = functools.wraps(original)(functools.partial(function, original))
            vars(layer)[name] = made
        yield
    finally:
        for layer, method in before.items():
            if method is None:
                vars(layer).pop(name, None)
            else:
                # Somebody else, a feature tap for example, had replaced it before.
                vars(layer)[name] = method

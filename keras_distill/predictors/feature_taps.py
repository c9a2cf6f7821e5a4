"""Reads what layers put out while the model runs once, as it would anyway."""

import contextlib
import difflib
import functools
import threading

import keras


class FeatureTaps:
    """Taps on named layers of a model, open while `capture()` lasts.

    Works on Functional, Sequential and subclassed models, and into nested ones.

    Args:
        model: A `keras.Model`.
        paths: Layer paths such as `"backbone/stage_3"`.
        who: `"teacher"` or `"student"`, for the sentence.

    Raises:
        ValueError: No layer has this path; the nearest ones are listed.

    Example:

    ```python
    model = keras.Sequential(
        [keras.Input((4,)), keras.layers.Dense(3, name="hidden"), keras.layers.Dense(2)])
    with kd.predictors.FeatureTaps(model, ["hidden"], "model").capture() as features:
        model(np.ones((5, 4)))
    assert features["hidden"].shape == (5, 3)
    ```
    """

    def __init__(self, model, paths, who):
        self._layers = {path: find_layer(model, path, who) for path in paths}
        self._who = who
        self._lock = threading.Lock()
        self._open = 0
        # MirroredStrategy runs each replica's step in a thread of its own.
        self._thread = threading.local()

    def layer(self, path):
        """The tapped layer at a path."""
        return self._layers[path]

    @contextlib.contextmanager
    def capture(self):
        """Yields a dict that fills with path → output while the model runs."""
        features = {}
        outer = getattr(self._thread, "features", None)
        self._thread.features = features
        with self._lock:
            if self._open == 0:
                self._install()
            self._open += 1
        try:
            yield features
        finally:
            self._thread.features = outer
            with self._lock:
                self._open -= 1
                if self._open == 0:
                    self._remove()

    def _install(self):
        self._before = {path: vars(layer).get("call") for path, layer in self._layers.items()}
        for path, layer in self._layers.items():
            # Past `__setattr__`: a tap is no state that Keras should track.
            vars(layer)["call"] = self._tapped(path, layer.call)

    def _remove(self):
        for path, layer in self._layers.items():
            if self._before[path] is None:
                del vars(layer)["call"]
            else:
                vars(layer)["call"] = self._before[path]

    def _tapped(self, path, call):
        @functools.wraps(call)
        def tapped(*args, **kwargs):
            outputs = call(*args, **kwargs)
            features = getattr(self._thread, "features", None)
            if features is not None:
                if path in features:
                    raise ValueError(
                        f"Expected {self._who} layer '{path}' to be called once per step. "
                        "Received: a second call. Name a layer that is not shared."
                    )
                features[path] = outputs
            return outputs

        return tapped


def find_layer(model, path, who):
    """The layer at a path of names, nested models first to last."""
    known = {}
    _collect(model, "", known, set())
    found = known.get(path)
    if found is None:
        # A last name alone will do where only one layer has it.
        matches = [each for each in known if each.rsplit("/", 1)[-1] == path]
        if len(matches) == 1:
            return known[matches[0]]
        near = difflib.get_close_matches(path, known, n=3, cutoff=0.4)
        near += [each for each in matches if each not in near]
        last = path.rsplit("/", 1)[-1]
        near = near or [each for each in known if last in each][:3] or list(known)[:3]
        raise ValueError(
            f"The {who} '{model.name}' has no layer at the path '{path}'. "
            f"Nearest: {', '.join(repr(each) for each in near)}."
        )
    return found


def _collect(layer, prefix, known, seen):
    for child in _children(layer):
        if id(child) in seen:
            continue
        path = f"{prefix}{child.name}"
        known.setdefault(path, child)
        _collect(child, f"{path}/", known, seen | {id(child)})


def _children(layer):
    if isinstance(layer, keras.Model):
        return [each for each in layer.layers if not isinstance(each, keras.layers.InputLayer)]
    return [each for each in layer._layers if isinstance(each, keras.layers.Layer)]

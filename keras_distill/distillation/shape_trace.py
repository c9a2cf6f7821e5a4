"""Runs a function on shapes alone, so that everything is built before the first step."""

import keras


class _Traced(keras.layers.Layer):
    """Keras traces the `call` of a layer; this one's is any function."""

    def __init__(self, function, **kwargs):
        super().__init__(autocast=False, **kwargs)
        self._function = function

    def build(self, input_shape):
        pass

    def call(self, inputs):
        return self._function(inputs)


def traced(function, inputs):
    """Symbolic outputs of `function(inputs)`; layers inside are built on the way."""
    failed = []

    def guarded(x):
        try:
            return function(x)
        except (ValueError, TypeError) as error:
            failed.append(error)
            raise

    try:
        return _Traced(guarded, name="trace")(inputs)
    except (ValueError, TypeError) as error:
        # Keras wraps the sentence in its own about tracing: the sentence itself is the news.
        found = failed[0] if failed else error
        # JAX adds a note about its own frames.
        found.__notes__ = []
        raise found from None


def symbolic(shape, student_inputs, student):
    """KerasTensors for a (nested) shape, of the student's own types where they are known."""
    if _is_shape(shape):
        dtype = "float32"
        own = getattr(student, "inputs", None)
        if student_inputs is None and own and len(own) == 1:
            dtype = own[0].dtype
        return keras.KerasTensor((None, *shape[1:]), dtype=dtype)
    if isinstance(shape, dict):
        own = inputs_of(student) if getattr(student, "inputs", None) else None
        types = own if isinstance(own, dict) else {}
        return {
            key: keras.KerasTensor(
                (None, *each[1:]), dtype=types[key].dtype if key in types else "float32"
            )
            for key, each in shape.items()
        }
    return type(shape)(symbolic(each, "unknown", student) for each in shape)


def inputs_of(model):
    """A Functional or Sequential model's symbolic inputs, in its own structure."""
    if isinstance(model, keras.Sequential):
        return model.inputs[0]
    structure = model.input
    single = isinstance(structure, (list, tuple)) and len(structure) == 1
    return structure[0] if single else structure


def _is_shape(shape):
    return isinstance(shape, (list, tuple)) and all(
        each is None or isinstance(each, int) for each in shape
    )

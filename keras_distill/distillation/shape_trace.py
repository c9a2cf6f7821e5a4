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


def symbolic(shape, student_inputs, student, teacher_inputs=None, teacher=None):
    """KerasTensors for a (nested) shape, of the models' own types where they are known.

    Args:
        shape: Of the batch's x: a shape, or dicts and lists of shapes.
        student_inputs: As `Distiller`'s.
        student: The student.
        teacher_inputs: As `Distiller`'s.
        teacher: The teacher, or what stands in for it.
    """
    own, other = _fed_types(student_inputs, student), _fed_types(teacher_inputs, teacher)
    if isinstance(own, dict) and isinstance(other, dict):
        own = {**other, **own}
    return _tensors(shape, other if own is None else own)


def _fed_types(inputs, model):
    """Where in a batch's x a model's own symbolic inputs stand; `None` where nobody can tell."""
    if callable(inputs) or not getattr(model, "inputs", None):
        return None
    own = inputs_of(model)
    return {inputs: own} if isinstance(inputs, str) else own


def _tensors(shape, own):
    if _is_shape(shape):
        known = "float32" if own is None or keras.tree.is_nested(own) else own.dtype
        return keras.KerasTensor((None, *shape[1:]), dtype=known)
    if isinstance(shape, dict):
        own = own if isinstance(own, dict) else {}
        return {key: _tensors(each, own.get(key)) for key, each in shape.items()}
    fits = isinstance(own, (list, tuple)) and len(own) == len(shape)
    owns = own if fits else [None] * len(shape)
    return type(shape)(_tensors(*each) for each in zip(shape, owns, strict=True))


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

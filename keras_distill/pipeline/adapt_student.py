"""A narrower copy of a teacher gets the teacher's input adapter, in one flat graph."""

import keras

from keras_distill.teachers import input_scales


def adapt_student(student, input_scale, channels):
    """The student with the adapter's layers in front, not nested.

    `kd.teachers.adapt` nests the model, which is right for a teacher; pruning and
    quantization want to see each layer of a student.

    Args:
        student: A Functional or Sequential model with one input.
        input_scale: As in `kd.teachers.adapt`.
        channels: As in `kd.teachers.adapt`.
    """
    if input_scale == "[0, 1]" and channels == "rgb":
        return student
    input_scales.check(input_scale, channels, student.input_shape[-1])
    adapted = {}

    def adapter(tensor):
        if id(tensor) not in adapted:
            x = tensor
            if channels == "bgr":
                x = keras.ops.flip(x, axis=-1)
            if input_scale != "[0, 1]":
                x = keras.layers.Rescaling(
                    *input_scales.INPUT_SCALES[input_scale], name="input_scale"
                )(x)
            adapted[id(tensor)] = x
        return adapted[id(tensor)]

    def call(layer, *args, **kwargs):
        args = keras.tree.map_structure(lambda x: adapter(x) if _is_input(x) else x, args)
        # A Sequential model notes `mask=None` on its calls, which wrappers need not know.
        kwargs = {key: value for key, value in kwargs.items() if value is not None}
        return layer(*args, **kwargs)

    functional = keras.Model(student.inputs[0], student.outputs[0])
    copy = keras.models.clone_model(
        functional,
        clone_function=lambda layer: type(layer).from_config(layer.get_config()),
        call_function=call,
    )
    copy.set_weights(student.get_weights())
    return copy


def _is_input(tensor):
    history = getattr(tensor, "_keras_history", None)
    return history is not None and isinstance(history.operation, keras.layers.InputLayer)

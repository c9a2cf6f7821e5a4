"""One step of a quantized file beside the same step of the float file."""

import numpy as np

from keras_distill.predictors.tflite_file import dequantize, quantize


class Segment:
    """An operator that can be run by itself, in the file's integers and in float.

    Values go in and come out as the floats that they stand for, so that steps of both kinds
    can follow one another.

    Args:
        operator: Its type, in TFLite's words; `"INPUT"` for the rounding of what comes in.
        inputs, outputs: Numbers of the tensors in the quantized file.
        tensors: The `TFLiteTensor` of each of them, by number.
        quantized: Content of a file that runs the step as the quantized file does; None for
            a step that only rounds.
        reference: The same of the float file; None for a step that gives what it takes.
        order: For each input of `reference` its place in `inputs`.
        kernel: `(operator, float kernel, scales in the quantized file)`, if it has one.
        names: What the file calls its outputs and constants.
    """

    def __init__(
        self, operator, inputs, outputs, tensors, quantized, reference, order, kernel=None, names=()
    ):
        self.operator, self.inputs, self.outputs = operator, inputs, outputs
        self._tensors = {i: _ends(tensors[i]) for i in (*inputs, *outputs)}
        self.output = tensors[outputs[0]]
        self.kernel, self.names, self._order = kernel, names, order
        self.layer = ""
        self._quantized = None if quantized is None else _Cut(quantized)
        self._reference = None if reference is None else _Cut(reference)

    def quantized(self, values):
        """What the quantized file makes of values, as floats."""
        given = [_grid(v, self._tensors[i]) for v, i in zip(values, self.inputs, strict=True)]
        if self._quantized is None:
            # The rounding of an input: the grid is the output's own.
            made = [_grid(v, self._tensors[i]) for v, i in zip(values, self.outputs, strict=True)]
        else:
            made = self._quantized(given)
        return [_floats(v, self._tensors[i]) for v, i in zip(made, self.outputs, strict=True)]

    def reference(self, values):
        """What the float file makes of values."""
        if self._reference is None:
            return list(values)
        return self._reference([values[place] for place in self._order])

    def on_the_grid(self, values):
        """Values as the quantized step reads them, as floats."""
        if self._quantized is None:
            return list(values)
        return [
            _floats(_grid(v, self._tensors[i]), self._tensors[i])
            for v, i in zip(values, self.inputs, strict=True)
        ]


class _Cut:
    """A small file, run on inputs of any batch size."""

    def __init__(self, content):
        from ai_edge_litert.interpreter import Interpreter

        self._interpreter = Interpreter(model_content=content)
        self._interpreter.allocate_tensors()
        self._inputs = self._interpreter.get_input_details()
        self._outputs = self._interpreter.get_output_details()
        self._shapes = [tuple(one["shape"]) for one in self._inputs]

    def __call__(self, values):
        shapes = [value.shape for value in values]
        if shapes != self._shapes:
            for one, shape in zip(self._inputs, shapes, strict=True):
                self._interpreter.resize_tensor_input(one["index"], shape)
            self._interpreter.allocate_tensors()
            self._shapes = shapes
        for one, value in zip(self._inputs, values, strict=True):
            self._interpreter.set_tensor(one["index"], np.asarray(value, one["dtype"]))
        self._interpreter.invoke()
        return [self._interpreter.get_tensor(one["index"]) for one in self._outputs]


def _ends(tensor):
    """The part of an interpreter's record of a tensor that rounding needs."""
    known = (tensor.scale[0], tensor.zero_point[0]) if tensor.scale else (0.0, 0)
    return {"dtype": tensor.dtype, "quantization": known}


def _grid(value, ends):
    return quantize(value, ends) if ends["quantization"][0] else value


def _floats(value, ends):
    # Numbers without a scale are indices and shapes: they stay what they are.
    return dequantize(value, ends) if ends["quantization"][0] else value

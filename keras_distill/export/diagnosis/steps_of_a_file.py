"""A quantized file as steps that can be run in its integers or in float, on examples."""

import numpy as np

from keras_distill.export.diagnosis.agreement import Agreement
from keras_distill.export.diagnosis.layer_path import layer_path, output_path
from keras_distill.export.diagnosis.measure_steps import measure_steps
from keras_distill.export.diagnosis.run_segments import run_segments
from keras_distill.export.diagnosis.segments import segments
from keras_distill.predictors.tflite_file import TFLiteFile

# One output for each step is followed to the end, which takes half a network each.
_FOLLOWED = 32
_BATCH = 8
# What gives values on as they are spreads a bad range; the layer that computes comes after it.
_PASSING = (
    "RESHAPE", "TRANSPOSE", "MAX_POOL_2D", "PAD", "PADV2", "SQUEEZE", "EXPAND_DIMS", "SLICE",
    "STRIDED_SLICE", "CONCATENATION", "SPLIT", "GATHER", "MIRROR_PAD", "QUANTIZE", "DEQUANTIZE",
    "RESIZE_NEAREST_NEIGHBOR", "SPACE_TO_DEPTH", "DEPTH_TO_SPACE",
)  # fmt: skip


class StepsOfAFile:
    """A quantized file beside its float file.

    Args:
        model: The `keras.Model` of both.
        quantized: Path of the quantized file.
        reference: Path of the float32 file.
        samples: {input: array `(n, …)`}.
    """

    def __init__(self, model, quantized, reference, samples):
        self.steps, self._outputs = segments(quantized, reference)
        ends = {number: place for place, number in enumerate(self._outputs)}
        for step in self.steps:
            if step.operator == "INPUT":
                continue
            step.layer = layer_path(model, step.names)
            if not step.layer and step.outputs[0] in ends:
                step.layer = output_path(model, ends[step.outputs[0]])
        self._batches = self._in_batches(TFLiteFile(quantized), samples)
        self._expected = self._outputs_of(lambda step: True)

    def agreement(self, kept=()):
        """The `Agreement` with the float file if these layers ran in float."""
        kept = set(kept)
        return Agreement.measure(self._expected, self._outputs_of(lambda s: s.layer in kept))

    def measured(self):
        """`StepStatistics` of each step, and the sums of squares of the outputs."""
        followed = self._batches[: -(-_FOLLOWED // len(next(iter(self._batches[0].values()))))]
        return measure_steps(self.steps, self._outputs, followed)

    def readers(self):
        """{layer: layers that read what it gives, as far as the next one that computes}."""
        found = {}
        for number, step in enumerate(self.steps):
            reached = set(step.outputs)
            for other in self.steps[number + 1 :]:
                if reached & set(other.inputs):
                    if other.layer and other.layer != step.layer and step.layer:
                        found.setdefault(step.layer, set()).add(other.layer)
                    if other.operator in _PASSING:
                        reached |= set(other.outputs)
        return found

    def _outputs_of(self, in_float):
        made = []
        for batch in self._batches:
            values = run_segments(self.steps, batch, in_float)
            # The rest of a network's values, over all examples, would fill the memory.
            made.append([values[i] for i in self._outputs])
        return [np.concatenate(parts) for parts in zip(*made, strict=True)]

    @staticmethod
    def _in_batches(file, samples):
        """The samples by the file's tensors, as many at once as it takes; filled up if too few."""
        signature = int(file.input["shape_signature"][0])
        size = _BATCH if signature == -1 else signature
        count = len(next(iter(samples.values())))
        count = max(size, count - count % size)
        given = {
            file.inputs[name]["index"]: np.resize(values, (count, *values.shape[1:]))
            for name, values in samples.items()
        }
        return [
            {index: values[start : start + size] for index, values in given.items()}
            for start in range(0, count, size)
        ]

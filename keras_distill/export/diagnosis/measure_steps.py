"""How much each step of a quantized file loses, and what that does to the answer."""

import numpy as np

from keras_distill.export.diagnosis.run_segments import run_onwards, run_segments
from keras_distill.export.diagnosis.step_statistics import StepStatistics


def measure_steps(steps, outputs, batches):
    """Runs a file in float and in its integers, and each step by itself.

    A step's own error is what it gives in integers less what the float step gives, both fed
    the float file's values as the step reads them: so nothing that happened before it counts.
    That error alone, added to the float run, is then followed to the outputs.

    Args:
        steps: `Segment`s, in the order they run.
        outputs: Numbers of the file's outputs.
        batches: Iterable of {input tensor: float array}.

    Returns:
        `(statistics, signals)`: `StepStatistics` for each step that gives floats, and for
        each output the sum of its squares in float.
    """
    counted = {id(step): StepStatistics(step, len(outputs)) for step in steps}
    signals = np.zeros(len(outputs))
    for given in batches:
        values = run_segments(steps, given, lambda step: True)
        received = run_segments(steps, given, lambda step: False)
        signals += [np.sum(np.square(values[i], dtype="float64")) for i in outputs]
        for number, step in enumerate(steps):
            main = step.outputs[0]
            if values[main].dtype.kind != "f":
                continue
            statistics = counted[id(step)]
            statistics.add(values[main], received[main])
            fed = [values[i] for i in step.inputs]
            expected = step.reference(step.on_the_grid(fed))
            made = step.quantized(fed)
            errors = [m - e for m, e in zip(made, expected, strict=True)]
            if not any(error.any() for error in errors):
                statistics.add_own(expected[0], errors[0], 0.0)
                continue
            changed = {i: values[i] + error for i, error in zip(step.outputs, errors, strict=True)}
            ends = run_onwards(steps[number + 1 :], values, changed)
            harm = [
                np.sum(np.square(ends[i].astype("float64") - values[i])) if i in ends else 0.0
                for i in outputs
            ]
            statistics.add_own(expected[0], errors[0], np.array(harm))
    made = [counted[id(step)] for step in steps]
    return [one for one in made if np.isfinite(one.low)], signals

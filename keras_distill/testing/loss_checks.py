"""Checks of what a loss returns; each raises ValueError with its reason."""

import keras
import numpy as np
from keras import ops

from keras_distill.testing.loss_probe import LossProbe
from keras_distill.testing.trial_outputs import mapped, perturbed_outputs


def check_values(probe, teacher, student):
    """One float32 value per example, or per token; returned as NumPy."""
    values = probe.values(teacher, student)
    outputs = keras.tree.flatten(student)[0]
    shape, expected = tuple(values.shape), [(probe.batch,)]
    if outputs.ndim > 2:
        expected.append(tuple(outputs.shape[:2]))
    if shape not in expected:
        raise ValueError(
            f"{probe.name} must return one value per example, of shape "
            f"{' or '.join(map(str, expected))}. Received: values of shape {shape}. Average over "
            "the axes behind the first, not over the batch."
        )
    dtype = keras.backend.standardize_dtype(values.dtype)
    if dtype != "float32":
        raise ValueError(
            f"{probe.name} must return float32. Received: {dtype}. Begin `call` with "
            'keras.ops.cast(outputs, "float32").'
        )
    return ops.convert_to_numpy(values)


def check_copy(probe, again, teacher, student, values):
    """A loss made again from the config gives the same values."""
    other = LossProbe(again, probe.batch, probe.labels)
    other.values(teacher, student)
    again.set_weights(probe.loss.get_weights())
    made = ops.convert_to_numpy(other.values(teacher, student))
    if not _close(made, values):
        raise ValueError(
            f"{probe.name}, made again from its config, must give the same values. Received: "
            f"{_first(made, values)}. Let get_config return every argument as it was given."
        )


def check_precision(probe, teacher, student):
    """Half-precision outputs are computed on in float32."""
    for dtype in ("float16", "bfloat16"):
        half, rounded = (
            [_cast(_cast(each, dtype), wanted) for each in (teacher, student)]
            for wanted in (dtype, "float32")
        )
        made, wanted = (_numpy(probe.values(*pair)) for pair in (half, rounded))
        if not _close(made, wanted):
            raise ValueError(
                f"{probe.name} must give for {dtype} outputs what it gives for the same numbers "
                f"as float32. Received: {_first(made, wanted)}. Begin `call` with "
                'keras.ops.cast(outputs, "float32").'
            )
        values, gradient = probe.value_and_gradient(teacher, student)
        # Numbers that all happen to be float16 ones were computed in float16.
        if gradient.any() and all(_rounded(each, dtype) for each in (values, gradient)):
            raise ValueError(
                f"{probe.name} must compute in float32. Received: values and gradients with no "
                f"more digits than {dtype} has. Cast to float32 before computing, and to nothing "
                "less."
            )


def check_examples(probe, teacher, student, values, batch_relational):
    """A permuted batch gives permuted values; examples do not see each other."""
    order = np.roll(np.arange(probe.batch)[::-1], 1)
    made = _numpy(
        probe.values(*(mapped(lambda x: x[order], each) for each in (teacher, student)), rows=order)
    )
    if not _close(made, values[order]):
        raise ValueError(
            f"{probe.name} must give each example its own value, in whichever order they come. "
            f"Received: {_first(made, values[order])} of a permuted batch. Do not compute with an "
            "example's place in the batch; ask for `sample_ids` in `call`."
        )
    if batch_relational:
        return
    other = perturbed_outputs(probe.loss, student, 3.0, 0)
    changed = mapped(lambda x, y: np.concatenate([y[:1], x[1:]]), student, other)
    made, wanted = _numpy(probe.values(teacher, changed))[1:], values[1:]
    if not _close(made, wanted):
        raise ValueError(
            f"{probe.name} must give an example a value that does not depend on other examples. "
            f"Received: {_first(made, wanted, 1)} after example 0 was changed. "
            "Average over the axes behind the first only, or pass batch_relational=True if it "
            "compares examples on purpose."
        )


def check_compiled(probe, teacher, student, values):
    """Compiled and eager give the same values."""
    try:
        made = probe.compiled_values(teacher, student)
    except Exception as error:
        raise ValueError(
            f"{probe.name} must work in a compiled function. Received: the {type(error).__name__} "
            "above. Use keras.ops and no NumPy, no `if` on a tensor's value, in `call`."
        ) from error
    if not _close(made, values):
        raise ValueError(
            f"{probe.name} must give the same values compiled and eager. Received: "
            f"{_first(made, values)}. Keep no state and draw nothing at random in `call`; draw "
            "from `step` and a seed."
        )


def check_single(probe, teacher, student, values, batch_relational):
    """A last batch of one example works."""
    one = [mapped(lambda x: x[:1], each) for each in (teacher, student)]
    made, gradient = probe.value_and_gradient(*one, rows=[0])
    finite = np.isfinite(made).all() and np.isfinite(gradient).all()
    if made.shape != (1, *values.shape[1:]) or not finite:
        raise ValueError(
            f"{probe.name} must work on a batch of one example, as the last one of an epoch may "
            f"be. Received: shape {made.shape}, {'finite' if finite else 'not finite'}. Do not "
            "squeeze, and divide by no spread over the batch."
        )
    if not batch_relational and not _close(made, values[:1]):
        raise ValueError(
            f"{probe.name} must give an example the same value in a batch of one. Received: "
            f"{_first(made, values[:1])}. Average over the axes behind the first only, or pass "
            "batch_relational=True if it compares examples on purpose."
        )


def _cast(outputs, dtype):
    return mapped(lambda each: ops.cast(each, dtype), outputs)


def _numpy(values):
    return ops.convert_to_numpy(values)


def _rounded(numbers, dtype):
    """Whether every number is one that the dtype holds, among enough that are not 0."""
    again = ops.convert_to_numpy(ops.cast(ops.cast(numbers, dtype), "float32"))
    return np.count_nonzero(numbers) > 0 and np.array_equal(again, numbers)


def _close(made, wanted, tolerance=1e-4):
    scale = np.abs(wanted[np.isfinite(wanted)]).max(initial=0.0)
    atol = 0.01 * tolerance * scale + 1e-7
    return np.allclose(made, wanted, rtol=tolerance, atol=atol, equal_nan=True)


def _first(made, wanted, offset=0):
    """The first two numbers that differ."""
    wrong = ~np.isclose(made, wanted, rtol=1e-4, atol=1e-7, equal_nan=True)
    at = np.unravel_index(np.argmax(wrong), made.shape)
    return f"{made[at]:.6g} instead of {wanted[at]:.6g} for example {at[0] + offset}"

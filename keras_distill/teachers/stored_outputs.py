"""Turns a teacher's outputs into what is stored, and back."""

import numpy as np

from keras_distill.losses.log_probabilities import TINY

DTYPES = ("float16", "float32")


def encoded(name, outputs, dtype):
    """Arrays to store for one output or feature.

    The highest value of each row is kept in float32 and taken off first: float16 has its
    digits near 0, and there lie the classes that matter.

    Args:
        name: Of the output or feature.
        outputs: float32 `(n, …)`.
        dtype: `"float16"` or `"float32"`.

    Returns:
        `{array name: array}`.
    """
    if dtype == "float32":
        return {name: np.asarray(outputs, "float32")}
    shift = outputs.max(axis=-1, keepdims=True).astype("float32")
    # −inf forbids a class; float16's lowest number does too.
    below = np.where(np.isneginf(outputs), -65504.0, outputs - shift)
    if not (np.abs(below) <= 65504.0).all():
        raise ValueError(
            f"The teacher's '{name}' do not fit into float16. Received: values from "
            f'{outputs.min():.4g} to {outputs.max():.4g}. Pass dtype="float32", or look for NaN '
            "in the data."
        )
    return {name: below.astype("float16"), f"{name}.shift": shift}


def encoded_top(name, logits, top_k, dtype):
    """As `encoded`, of the `top_k` most probable classes and of how much is left."""
    log_p = logits - logits.max(-1, keepdims=True)
    log_p = log_p - np.log(np.exp(log_p).sum(-1, keepdims=True))
    indices = np.argsort(-log_p, axis=-1, kind="stable")[..., :top_k]
    values = np.take_along_axis(log_p, indices, -1)
    rest = np.maximum(1.0 - np.exp(values.astype("float64")).sum(-1, keepdims=True), TINY)
    small = "uint16" if logits.shape[-1] <= 65536 else "int32"
    return {
        f"{name}.top": values.astype(dtype),
        f"{name}.indices": indices.astype(small),
        f"{name}.rest": np.log(rest).astype("float32"),
    }


def decoded(name, arrays, shape):
    """float32 `(n, *shape)` out of what `encoded` or `encoded_top` made."""
    if name in arrays:
        outputs = arrays[name].astype("float32")
        shift = arrays.get(f"{name}.shift")
        return outputs if shift is None else outputs + shift
    indices = arrays[f"{name}.indices"].astype("int64")
    left = max(shape[-1] - indices.shape[-1], 1)
    # What is left is shared equally by the classes that were not kept.
    outputs = np.repeat(arrays[f"{name}.rest"] - np.float32(np.log(left)), shape[-1], axis=-1)
    np.put_along_axis(outputs, indices, arrays[f"{name}.top"].astype("float32"), -1)
    return outputs

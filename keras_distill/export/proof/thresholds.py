"""When an artefact is close enough to its model to be handed over."""

import numpy as np

# Of the output range: single rounding errors of float32, summed in another order.
FLOAT_DIFFERENCE = 1e-4
# The least share of equal choices. Trained ranges must hold nearly always, and half precision
# changes a choice only at a tie; calibrated ranges lose a little more at close calls. Eight bits
# in the weights alone cost less than calibration does, with sixteen in the activations the least.
AGREEMENT = {
    "training": 0.99,
    "calibration": 0.95,
    "float16": 0.99,
    "dynamic_range": 0.95,
    "int16x8": 0.97,
}
# For generated examples, on which a trained model's largest output means nothing. A weight in
# half precision is off by 2^-12 of itself in the mean of squares (72 dB); eight bits of the
# largest weight of a channel leave about 40 dB, and each layer in a row takes its share.
SIGNAL_TO_NOISE_DB = {
    "training": 15.0,
    "calibration": 15.0,
    "float16": 40.0,
    "dynamic_range": 15.0,
    "int16x8": 20.0,
}


def check_parity(parity, what, recipe, ranges, expected, minimum_agreement=None):
    """Raises unless a file is as close to its model as its recipe lets it be.

    Args:
        parity: A `Parity`.
        what: The file's name, for errors.
        recipe: The file's recipe.
        ranges: Where an int8 file's ranges come from.
        expected: {output: array}, of the Keras model.
        minimum_agreement: In place of the share in `AGREEMENT`.
    """
    if recipe == "float32":
        check_float(parity, what)
        return
    classes = {name: a.shape[-1] if a.ndim > 1 else 1 for name, a in expected.items()}
    bar = ranges if recipe == "int8" else recipe
    check_quantized(parity, what, bar, classes, minimum_agreement)


def check_float(parity, what):
    """Raises unless the greatest difference is at most 1e-4 of the output range, of each output."""
    for _, called, one in _each(parity):
        allowed = FLOAT_DIFFERENCE * max(one.output_range, 1e-6)
        # Written so that NaN fails.
        if not one.max_difference <= allowed:
            raise RuntimeError(
                f"{what}{called} differs from its Keras model: {one}. Allowed is a difference of "
                f"{allowed:.3g}, {FLOAT_DIFFERENCE:g} of the output range. No file was written. "
                "Look for layers that behave otherwise in inference, or for NaN in the weights."
            )


def check_quantized(parity, what, ranges, classes, minimum_agreement=None):
    """Raises unless enough largest outputs agree, or, where that says nothing, the noise is low.

    Args:
        parity: A `Parity`; of several outputs each has to stand the check.
        what: The file's name, for errors.
        ranges: Where an int8 file's ranges come from, or the recipe of another file.
        classes: Length of the last axis of the outputs, or {name: length}.
        minimum_agreement: In place of the share in `AGREEMENT`.
    """
    for name, called, one in _each(parity):
        length = classes[name] if isinstance(classes, dict) else classes
        if one.source == "generated" or length == 1:
            _check_noise(one, f"{what}{called}", SIGNAL_TO_NOISE_DB[ranges])
        else:
            least = AGREEMENT[ranges] if minimum_agreement is None else minimum_agreement
            _check_agreement(one, f"{what}{called}", least)


def _check_noise(parity, what, least):
    if not parity.signal_to_noise_db >= least:
        raise RuntimeError(
            f"{what} differs from its Keras model: {parity}. Needed is a signal to noise of "
            f"{least:g} dB. No file was written. Give real examples as `samples`, train longer "
            "with fake quantization, or calibrate with more data."
        )


def _check_agreement(parity, what, least):
    # One close call among a handful of examples is no verdict.
    disagreeing = round((1 - parity.agreement) * parity.examples)
    allowed = max(1, int(np.floor((1 - least) * parity.examples + 1e-9)))
    if not (disagreeing <= allowed and np.isfinite(parity.max_difference)):
        raise RuntimeError(
            f"{what} differs from its Keras model: {parity}. Needed is an agreement of "
            f"{least:.0%}. No file was written. Train longer with fake quantization, calibrate "
            "with more data like the samples, or lower `minimum_agreement`."
        )


def _each(parity):
    """(name, how errors call it, `Parity`) of each output."""
    several = len(parity.outputs) > 1
    found = [(name, f" ({name!r})", one) for name, one in parity.outputs.items()]
    if several:
        return found
    return [(found[0][0] if found else None, "", parity)]

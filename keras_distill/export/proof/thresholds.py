"""When an artefact is close enough to its model to be handed over."""

import numpy as np

# Of the output range: single rounding errors of float32, summed in another order.
FLOAT_DIFFERENCE = 1e-4
# Trained ranges must hold nearly always; calibrated ones lose a little more at close calls.
AGREEMENT = {"training": 0.99, "calibration": 0.95}
# For generated examples, on which a trained model's largest output means nothing.
SIGNAL_TO_NOISE_DB = 15.0


def check_float(parity, what):
    """Raises unless the greatest difference is at most 1e-4 of the output range."""
    allowed = FLOAT_DIFFERENCE * max(parity.output_range, 1e-6)
    # Written so that NaN fails.
    if not parity.max_difference <= allowed:
        raise RuntimeError(
            f"{what} differs from its Keras model: {parity}. Allowed is a difference of "
            f"{allowed:.3g}, {FLOAT_DIFFERENCE:g} of the output range. No file was written. "
            "Look for layers that behave otherwise in inference, or for NaN in the weights."
        )


def check_quantized(parity, what, ranges, classes, minimum_agreement=None):
    """Raises unless enough largest outputs agree, or, where that says nothing, the noise is low."""
    if parity.source == "generated" or classes == 1:
        if not parity.signal_to_noise_db >= SIGNAL_TO_NOISE_DB:
            raise RuntimeError(
                f"{what} differs from its Keras model: {parity}. Needed is a signal to noise of "
                f"{SIGNAL_TO_NOISE_DB:g} dB. No file was written. Give real examples as "
                "`samples`, train longer with fake quantization, or calibrate with more data."
            )
        return
    least = AGREEMENT[ranges] if minimum_agreement is None else minimum_agreement
    # One close call among a handful of examples is no verdict.
    disagreeing = round((1 - parity.agreement) * parity.examples)
    allowed = max(1, int(np.floor((1 - least) * parity.examples + 1e-9)))
    if not (disagreeing <= allowed and np.isfinite(parity.max_difference)):
        raise RuntimeError(
            f"{what} differs from its Keras model: {parity}. Needed is an agreement of "
            f"{least:.0%}. No file was written. Train longer with fake quantization, calibrate "
            "with more data like the samples, or lower `minimum_agreement`."
        )

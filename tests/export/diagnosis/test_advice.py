"""What to do, in whole sentences."""

import types

import pytest

from keras_distill.export.diagnosis.advice import advice

BEFORE = (0.5, 3.0, 10000)
CASES = {
    "good": (
        dict(needed=None, kept=[]),
        "It is good enough: no layer needs to stay in float.",
    ),
    "input": (
        dict(kept=[], layers=[types.SimpleNamespace(operator="INPUT", output_snr_db=1.0)]),
        "It does not reach an agreement of 95%, and the rounding of its input alone leaves 1.0 dB. "
        'Export it with input="float32".',
    ),
    "nothing": (
        dict(kept=[]),
        "It does not reach an agreement of 95%, and no choice of layers in float would make it. "
        "Calibrate with more data like these, train with fake quantization "
        '(keras_distill.compression.quantize_model), or export it with recipe="int16x8".',
    ),
    "weights": (
        dict(recipe="dynamic_range"),
        "It does not reach an agreement of 95%. It would, at an agreement of 99.0%, with ['a'] in "
        "float, but keep_float is for int8: export it as float16, or as int8 with "
        "keep_float=['a'].",
    ),
    "training": (
        dict(ranges="training"),
        "Its ranges come from training: leave ['a'] out when quantizing (annotate the other layers "
        "with keras_distill.compression.quantize_annotate_layer) and train again. With these "
        "layers in float and all other ranges as they are, the agreement would be 99.0% (now "
        "50.0%).",
    ),
    "proven": (
        dict(),
        "Export it with keep_float=['a']. A file exported so, calibrated on these examples, has an "
        "agreement of 98.0% (before 50.0%), a signal to noise of 30.0 dB (before 3.0) and 12,000 "
        "bytes (before 10,000).",
    ),
    "missed": (
        dict(mended=False),
        "Export it with keep_float=['a']. A file exported so, calibrated on these examples, has an "
        "agreement of 98.0% (before 50.0%), which still does not reach an agreement of 95%, a "
        "signal to noise of 30.0 dB (before 3.0) and 12,000 bytes (before 10,000).",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_advice(name):
    changes, expected = CASES[name]
    given = dict(
        before=BEFORE, expected=0.99, after=(0.98, 30.0, 12000), mended=True,
        needed="an agreement of 95%", kept=["a"], ranges="calibration", recipe="int8",
        layers=[types.SimpleNamespace(operator="CONV_2D", output_snr_db=1.0)],
    )  # fmt: skip
    assert advice(**(given | changes)) == expected

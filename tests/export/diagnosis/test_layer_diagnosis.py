"""Reasons in words."""

import pytest

from keras_distill.export.diagnosis.layer_diagnosis import LayerDiagnosis


def record(**changes):
    healthy = dict(
        layer="stem", operator="CONV_2D", tensor="stem/Relu", position=1, snr_db=40.0,
        local_snr_db=42.0, output_snr_db=45.0, low=0.0, high=6.0, dtype="int8", scale=0.02,
        saturated=0.0, rounded_to_zero=0.01, channel_spread=2.0, kernel_spread=3.0,
        kernel_input_spread=3.0, kernel_scales=8,
    )  # fmt: skip
    return LayerDiagnosis(**(healthy | changes))


@pytest.mark.parametrize(
    "changes, reason",
    [
        ({}, ""),
        ({"saturated": 0.25}, "25.0% of the values lie outside of its range"),
        ({"channel_spread": 600.0}, "one channel is 600 times as wide as the median"),
        ({"rounded_to_zero": 0.9}, "90% of the values fall on zero"),
        # One scale for each output channel: their spread does no harm.
        ({"kernel_spread": 500.0}, ""),
        (
            {"kernel_spread": 500.0, "kernel_scales": 1},
            "its kernel has one scale, but its output channels' ranges differ by a factor of 500",
        ),
        (
            {"kernel_input_spread": 500.0},
            "the kernel's ranges for its input channels, which share a scale, differ by a factor "
            "of 500",
        ),
        # A float tensor has no range to be outside of.
        ({"scale": 0.0, "saturated": 0.5, "channel_spread": 99.0}, ""),
    ],
)
def test_reason(changes, reason):
    assert record(**changes).reason == reason

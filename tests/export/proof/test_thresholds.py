"""What is close enough, on both sides of each line."""

import dataclasses
import re

import pytest

from keras_distill.export import Parity
from keras_distill.export.proof.thresholds import check_float, check_quantized

GOOD = Parity(1000, "samples", 0.0, 0.0, 10.0, 1.0, 60.0)


def made(**more):
    return dataclasses.replace(GOOD, **more)


def refused(check, *arguments, message):
    with pytest.raises(RuntimeError, match=f"^{re.escape(message)}$"):
        check(*arguments)


def test_float_is_held_to_a_ten_thousandth_of_the_range():
    check_float(made(max_difference=0.00099), "x.tflite")
    bad = made(max_difference=0.0011)
    refused(
        check_float, bad, "x.tflite",
        message=f"x.tflite differs from its Keras model: {bad}. Allowed is a difference of 0.001, "
        "0.0001 of the output range. No file was written. Look for layers that behave otherwise "
        "in inference, or for NaN in the weights.",
    )  # fmt: skip
    with pytest.raises(RuntimeError):
        check_float(made(max_difference=float("nan")), "x")


@pytest.mark.parametrize("ranges, least", [("training", 0.99), ("calibration", 0.95)])
def test_quantized_is_held_to_its_agreement(ranges, least):
    check_quantized(made(agreement=least), "x.tflite", ranges, 10)
    bad = made(agreement=least - 0.001)
    refused(
        check_quantized, bad, "x.tflite", ranges, 10,
        message=f"x.tflite differs from its Keras model: {bad}. Needed is an agreement of "
        f"{least:.0%}. No file was written. Train longer with fake quantization, calibrate with "
        "more data like the samples, or lower `minimum_agreement`.",
    )  # fmt: skip


def test_own_minimum():
    check_quantized(made(agreement=0.5), "x", "training", 10, minimum_agreement=0.5)
    with pytest.raises(RuntimeError):
        check_quantized(made(agreement=0.98), "x", "calibration", 10, minimum_agreement=0.985)


def test_one_close_call_among_few_is_allowed_and_two_are_not():
    check_quantized(made(examples=8, agreement=7 / 8), "x", "training", 10)
    with pytest.raises(RuntimeError):
        check_quantized(made(examples=8, agreement=6 / 8), "x", "training", 10)


@pytest.mark.parametrize("source, classes", [("generated", 10), ("samples", 1)])
def test_noise_decides_where_the_choice_says_nothing(source, classes):
    check_quantized(
        made(source=source, agreement=0.1, signal_to_noise_db=15.0), "x", "training", classes
    )
    bad = made(source=source, signal_to_noise_db=14.9)
    refused(
        check_quantized, bad, "x", "training", classes,
        message=f"x differs from its Keras model: {bad}. Needed is a signal to noise of 15 dB. No "
        "file was written. Give real examples as `samples`, train longer with fake quantization, "
        "or calibrate with more data.",
    )  # fmt: skip

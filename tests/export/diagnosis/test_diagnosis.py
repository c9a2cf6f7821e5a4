"""The table and the figure."""

import matplotlib.pyplot as plt

from keras_distill.export import Diagnosis, LayerDiagnosis


def diagnosis(count=3):
    layers = [
        LayerDiagnosis(
            layer=f"layer_{n}", operator="CONV_2D", tensor="t", position=count - n, snr_db=30.0 + n,
            local_snr_db=42.0, output_snr_db=n, low=-1.5, high=6.0, dtype="int8", scale=0.0294,
            saturated=0.25 if n == 0 else 0.0, rounded_to_zero=0.0, channel_spread=1.0,
            kernel_spread=None, kernel_input_spread=None, kernel_scales=0,
        )
        for n in range(count)
    ]  # fmt: skip
    return Diagnosis(
        path="a.tflite", examples=80, layers=layers, keep_float=["layer_0"],
        needed="an agreement of 95%", agreement_before=0.5, agreement_expected=0.99,
        agreement_after=1.0, snr_before=3.0, snr_after=30.0, bytes_before=1000, bytes_after=1500,
        advice="Do this.",
    )  # fmt: skip


def test_the_table():
    assert str(diagnosis(2)).splitlines() == [
        "a.tflite: agreement with the float model 50.0%, signal to noise 3.0 dB, on 80 examples.",
        "",
        "Signal to noise in dB of the file's output if this layer alone is quantized, of the "
        "layer's own output then, and of that in the whole file:",
        "",
        "answer   own  so far   range   scale  clipped  layer",
        "   0.0  42.0    30.0  -1.5…6  0.0294    25.0%  layer_0 (CONV_2D): 25.0% of the values lie "
        "outside of its range",
        "   1.0  42.0    31.0  -1.5…6  0.0294     0.0%  layer_1 (CONV_2D)",
        "",
        "Do this.",
    ]


def test_long_tables_are_cut():
    assert "… and 3 more that do less harm." in str(diagnosis(15)).splitlines()


def test_the_figure_goes_through_the_network_in_order():
    figure = diagnosis().plot()
    names = [label.get_text() for label in figure.axes[0].get_xticklabels()]
    assert names == ["layer_2", "layer_1", "layer_0"]
    bars = figure.axes[0].patches
    # They hang down from 80 dB.
    assert [bar.get_y() for bar in bars] == [2, 1, 0]
    assert [bar.get_height() for bar in bars] == [78, 79, 80]
    assert bars[2].get_facecolor() != bars[1].get_facecolor() == bars[0].get_facecolor()
    plt.close(figure)

"""Quantization-aware training keeps the zeros of pruning."""

import numpy as np

from keras_distill.pipeline.stages import quantization


def test_the_zeros_stay(make_journey, cnn_maker):
    journey = make_journey()
    pruned = cnn_maker(4, seed=2)
    kernel, bias = pruned.layers[0].get_weights()
    kernel[..., :3] = 0.0
    pruned.layers[0].set_weights([kernel, bias])
    journey.save("pruned", pruned)
    files, _ = quantization.run(journey)
    assert files == ["models/quantized.keras"]
    quantized = journey.fresh("quantized")
    fakes = [layer for layer in quantized.layers if getattr(layer, "kernel_quantizer", None)]
    held = np.asarray(fakes[0].kernel_quantizer.fake())
    assert (held[..., :3] == 0).all() and (held[..., 3] != 0).any()
    # Calibrated: a few steps alone leave every range near the [-6, 6] that it starts at.
    lows = [float(low) for layer in fakes for low, _ in layer._ranges.values() if low.shape == ()]
    assert lows and min(lows) > -4.0


def test_what_it_comes_after(make_journey):
    journey = make_journey(pruning=None)
    assert quantization.needs(journey.configuration) == ("distillation",)
    assert journey.final_float == "distilled"
    assert not quantization.wanted(journey.configuration.model_copy(update={"quantization": None}))

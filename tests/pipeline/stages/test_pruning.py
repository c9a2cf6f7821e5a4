"""Three quarters of each kernel are zero after the ramp, and only stock layers remain."""

import keras
import numpy as np

from keras_distill.pipeline.stages import pruning


def test_zeros_in_each_kernel_and_stock_layers(make_journey, cnn_maker):
    journey = make_journey()
    journey.save("distilled", cnn_maker(4, seed=2))
    files, results = pruning.run(journey)
    pruned = keras.models.load_model(journey.folder / files[0])
    for layer in pruned.layers:
        assert type(layer).__module__.startswith("keras.")
        if hasattr(layer, "kernel"):
            kernel = np.asarray(layer.kernel)
            assert abs((kernel == 0).sum() - round(0.75 * kernel.size)) <= 1
    assert abs(results["sparsity"] - 0.75) < 0.03


def test_it_can_be_left_out(make_journey):
    assert not pruning.wanted(make_journey(pruning=None).configuration)

"""Batch normalization of an untrained network gets the statistics that training would give."""

import keras


def settled(model, samples, examples=64, seed=3):
    """The model after one pass in training mode, its moving statistics those of that batch.

    Random kernels of a deep network make values vanish or explode, so that every example gives
    the same output; trained networks have statistics that fit their values.
    """
    norms = [
        layer
        for layer in model._flatten_layers()
        if isinstance(layer, keras.layers.BatchNormalization)
    ]
    if not norms:
        return model
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.momentum = 0.0
    model(samples(examples, seed), training=True)
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum
    return model

"""The student learns to live with 8 bits, under the teacher, and keeps its zeros."""

import itertools

from keras_distill.pipeline import training

CALIBRATION_BATCHES = 100
KEYS = ("seed", "data", "distillation", "pruning", "quantization")


def needs(configuration):
    return ("pruning",) if configuration.pruning is not None else ("distillation",)


def wanted(configuration):
    return configuration.quantization is not None


def run(journey):
    from keras_distill import compression

    settings = journey.configuration.quantization
    prepared = compression.quantize_model(
        journey.fresh(journey.final_float),
        preserve_sparsity=journey.configuration.pruning is not None,
    )
    # A few epochs are not enough for TF-MOT's moving averages to leave [-6, 6] behind.
    train, _, _ = journey.splits
    shown = itertools.islice(train, CALIBRATION_BATCHES)
    compression.calibrate(prepared, shown, verbose=False)
    trained = training.distil(
        journey, "quantized", prepared, settings.epochs, settings.learning_rate
    )
    journey.log(str(compression.summary(trained)))
    return [journey.save("quantized", trained)], {}

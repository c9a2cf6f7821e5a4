"""The distilled student loses weights on TF-MOT's polynomial schedule, under the teacher."""

from keras_distill.pipeline import training

KEYS = ("seed", "data", "distillation", "pruning")
# The second half of the steps is left for the weights that stay to settle.
RAMP = 0.5
UPDATES = 20


def needs(configuration):
    return ("distillation",)


def wanted(configuration):
    return configuration.pruning is not None


def run(journey):
    from keras_distill import compression, footprint

    settings = journey.configuration.pruning
    steps = settings.epochs * journey.steps
    end = max(1, int(RAMP * steps))
    schedule = compression.PolynomialDecay(
        initial_sparsity=0.0,
        final_sparsity=settings.sparsity,
        begin_step=0,
        end_step=end,
        frequency=max(1, end // UPDATES),
    )
    prepared = compression.prune_low_magnitude(
        journey.fresh("distilled"), pruning_schedule=schedule
    )
    trained = training.distil(journey, "pruned", prepared, settings.epochs, settings.learning_rate)
    pruned = compression.strip_pruning(trained)
    return [journey.save("pruned", pruned)], {"sparsity": footprint.sparsity(pruned)}

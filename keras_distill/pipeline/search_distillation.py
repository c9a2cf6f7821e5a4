"""A run's search: from its configuration to search.csv, search.png and best.yaml."""

import keras

from keras_distill.files.atomic_path import atomic_path
from keras_distill.pipeline.best_configuration import best_configuration
from keras_distill.pipeline.run_log import RunLog
from keras_distill.pipeline.search_configuration import Search


def search_distillation(journey):
    """Does what the search needs, teacher and untrained student, and searches.

    Every trial is trained as `run` trains: the same data order, Adam on a learning rate that
    decays over all steps, the last epoch.

    Args:
        journey: A `Journey`; its configuration's section `search` may be left out.

    Returns:
        A `SearchResult`, or `None` on a worker of several machines.

    Raises:
        ValueError: What stands under `distillation` lies outside of the ranges.
    """
    from keras_distill import search as room
    from keras_distill.pipeline.search_space import search_space

    settings = journey.configuration.search or Search()
    # Before anything trains.
    arguments = search_space(journey.configuration, settings)
    epochs = settings.epochs or journey.configuration.distillation.epochs
    journey.run(until="student")
    with RunLog(journey.folder / "run.log"):
        # Before the data: a teacher that is precomputed comes with them.
        arguments |= journey.distiller_arguments
        train, validation = journey.data_for("distilled")
        steps = epochs * journey.steps
        space = room.HyperDistiller(
            student=lambda: journey.plain(journey.fresh_student()),
            optimizer=lambda rate: keras.optimizers.Adam(
                keras.optimizers.schedules.CosineDecay(rate, steps, alpha=0.01)
            ),
            seed=journey.configuration.seed,
            **arguments,
        )
        result = room.search(
            space,
            train,
            validation,
            method=settings.method,
            max_trials=settings.trials,
            epochs=epochs,
            seed=journey.configuration.seed,
            directory=journey.folder / "search",
            progress=journey.say,
            # It was looked at in its own stage.
            check_teacher=False,
        )
        if result is not None:
            result.save(journey.folder)
            with atomic_path(journey.folder / "best.yaml") as path:
                path.write_text(best_configuration(journey, result.best), encoding="utf-8")
    return result

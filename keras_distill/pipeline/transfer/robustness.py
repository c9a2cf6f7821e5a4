"""Everything measured on clean and misspelt test texts, and the report."""

from keras_distill.pipeline.transfer import export

KEYS = ("seed", "data", "robustness")


def needs(configuration):
    return ("export",)


def wanted(configuration):
    return True


def run(journey):
    from keras_distill import predictors, robustness

    _, validation, test = journey.splits
    settings = journey.configuration.robustness
    models = {
        name: predictors.load(
            journey.model(name), name=name, preprocessor=journey.preprocessor(name)
        )
        for name in journey.float_models
    }
    models.update({recipe: artefact.path for recipe, artefact in export.artefacts(journey).items()})
    report = robustness.evaluate(
        models,
        test,
        corruptions=[] if settings is None else settings.corruptions,
        severities=(1,) if settings is None else tuple(settings.severities),
        baseline="teacher",
        seed=journey.configuration.seed,
        facts=_facts(journey, models),
        class_names=journey.splits.class_names,
        progress=journey.console is not None,
        calibration_data=validation,
        folder=journey.folder / "report" / f"cells_{journey.records['export']['digest'][:12]}",
        name=journey.splits.name,
    )
    report.save(journey.folder / "report")
    return ["report"], {"rows": report.rows()}


def _facts(journey, models):
    seconds, timed = journey.training_seconds, _timed(journey)
    return {
        name: {
            "training_seconds": seconds.get(name),
            # Of the files alone: in Keras it would be Python's time. Ids in, as in an app.
            "latency_ms_p50": timed.get(name),
            # The model that another one was made from.
            "parent": None if name in journey.float_models else journey.final_float,
        }
        for name in models
    }


def _timed(journey):
    """{recipe: milliseconds} of the files, in turns, on one text as ids."""
    import keras
    import numpy as np

    from keras_distill import footprint

    texts = next(iter(journey.splits.test))[0].numpy()[:1]
    ids = journey.preprocessor(journey.final_float)([texts[0].decode()])
    ids = keras.tree.map_structure(lambda each: np.asarray(each, "int32"), ids)
    files = {recipe: artefact.path for recipe, artefact in export.artefacts(journey).items()}
    report = footprint.compare_latency(files, inputs=ids, loads=0)
    return {row.name: row.latency.p50 for row in report.rows}

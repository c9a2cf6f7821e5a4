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
    seconds = journey.training_seconds
    return {
        name: {
            "training_seconds": seconds.get(name),
            # The model that another one was made from.
            "parent": None if name in journey.float_models else journey.final_float,
        }
        for name in models
    }

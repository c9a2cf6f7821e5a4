"""Everything measured on clean and corrupted test images, and the report."""

import numpy as np

from keras_distill.pipeline.stages import export

KEYS = ("seed", "data", "robustness")


def needs(configuration):
    return ("export",)


def wanted(configuration):
    return True


def run(journey):
    from keras_distill import robustness

    _, validation, test = journey.splits
    artefacts = export.artefacts(journey)
    settings = journey.configuration.robustness
    models = {name: journey.model(name) for name in journey.float_models}
    if "int8" in artefacts:
        models["int8"] = artefacts["int8"]
    report = robustness.evaluate(
        models,
        test,
        corruptions=[] if settings is None else settings.corruptions,
        severities=(1,) if settings is None else tuple(settings.severities),
        baseline="teacher",
        seed=journey.configuration.seed,
        facts=_facts(journey, artefacts, test),
        class_names=getattr(journey.splits, "class_names", None),
        progress=journey.console is not None,
        calibration_data=validation,
        sequences=("translate", "rotate", "brightness"),
        # Of these models and no others; gone when the report is saved in its place.
        folder=journey.folder / "report" / f"cells_{journey.records['export']['digest'][:12]}",
        name=getattr(journey.splits, "name", None),
    )
    report.save(journey.folder / "report")
    return ["report"], {"rows": report.rows()}


def _facts(journey, artefacts, test):
    """Sizes and latency of every model come from its .tflite file, so that they compare."""
    from keras_distill import footprint

    files = {name: file for name, file in artefacts.items() if name != "saved_model"}
    image = np.asarray(next(iter(test))[0])[:1]
    rows = footprint.compare_latency(files, inputs=image, loads=0).rows
    timed = {row.name: row for row in rows}
    seconds = journey.training_seconds
    facts = {}
    for name in files:
        # The int8 file computes what the float student does, with the same weights.
        model = journey.model(journey.final_float if name == "int8" else name)
        facts[name] = {
            "parameters": footprint.parameters(model),
            "macs": footprint.macs(model),
            "bytes": timed[name].bytes,
            "gzip_bytes": timed[name].gzip_bytes,
            "sparsity": (
                timed[name].kernels.sparsity if name == "int8" else footprint.sparsity(model)
            ),
            "latency_ms_p50": timed[name].latency.p50,
            "training_seconds": seconds.get(name),
            # The model that a compressed one was made from.
            "parent": {"pruned": "distilled", "int8": journey.final_float}.get(name),
        }
    return facts

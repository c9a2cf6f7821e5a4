"""The student's files, each checked against its Keras model before it is kept."""

import json

KEYS = ("recipes",)
SAMPLES = 200


def needs(configuration):
    return ("distillation",) if configuration.fine_tuning is None else ("fine_tuning",)


def wanted(configuration):
    return True


def run(journey):
    from keras_distill import export

    name = journey.final_float
    model, preprocessor = journey.model(name), journey.preprocessor(name)
    folder = journey.folder / "artefacts"
    for recipe in journey.configuration.recipes:
        artefact = export.to_tflite(
            model,
            folder / f"student.{recipe}.tflite",
            recipe=recipe,
            samples=_texts(journey),
            preprocessor=preprocessor,
            labels=journey.splits.class_names,
        )
        journey.say(
            f"  {artefact.path.name}: top-1 agreement with its Keras model "
            f"{artefact.parity.agreement:.2%}, largest difference "
            f"{artefact.parity.max_difference:.2g}"
        )
    return sorted(f"artefacts/{path.name}" for path in folder.iterdir()), {}


def _texts(journey):
    found = []
    for batch, _ in journey.splits.validation:
        found.extend(text.decode() for text in batch.numpy().tolist())
        if len(found) >= SAMPLES:
            break
    return found[:SAMPLES]


def artefacts(journey):
    """{recipe: `Artefact`} of what lies in the run's folder."""
    from keras_distill.export.proof.artefact import Artefact
    from keras_distill.export.proof.parity import Parity

    found = {}
    for recipe in journey.configuration.recipes:
        path = journey.folder / "artefacts" / f"student.{recipe}.tflite"
        manifest = json.loads(path.with_name(f"{path.name}.manifest.json").read_text("utf-8"))
        found[recipe] = Artefact(path, Parity(**manifest["parity"]), manifest)
    return found

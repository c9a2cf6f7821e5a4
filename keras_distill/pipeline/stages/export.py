"""The files that ship, each checked against its Keras model before it is kept."""

import itertools
import json

import numpy as np

KEYS = ("quantization",)
INT8 = "student.int8.tflite"
SAVED_MODEL = "student_saved_model"
SAMPLES = 1000


def needs(configuration):
    wanted = ["teacher", "distillation"]
    if configuration.control:
        wanted.append("control")
    if configuration.pruning is not None:
        wanted.append("pruning")
    if configuration.quantization is not None:
        wanted.append("quantization")
    return tuple(wanted)


def wanted(configuration):
    return True


def run(journey):
    """Every model as float32 .tflite (so that sizes compare), the last ones to ship."""
    from keras_distill import export

    _, validation, _ = journey.splits
    # Enough for a share of agreement to mean something, and quick to run.
    batches = itertools.takewhile(lambda batch: batch[0] < SAMPLES, _counted(validation))
    samples = np.concatenate([images for _, images in batches])[:SAMPLES]
    labels = getattr(journey.splits, "class_names", None)
    folder = journey.folder / "artefacts"
    for name, file in _files(journey).items():
        if name == "saved_model":
            model = journey.model(journey.final_float)
            export.to_saved_model(model, folder / file, samples=samples, labels=labels)
        elif name == "int8":
            model = journey.model("quantized")
            export.to_tflite(model, folder / file, recipe="int8", samples=samples, labels=labels)
        else:
            export.to_tflite(journey.model(name), folder / file, samples=samples, labels=labels)
        parity = artefacts(journey)[name].parity
        journey.log(f"{file}: {parity}")
        journey.say(
            f"  {file}: top-1 agreement with its Keras model {parity.agreement:.2%}, "
            f"largest difference {parity.max_difference:.2g}"
        )
    return sorted(f"artefacts/{path.name}" for path in folder.iterdir()), {}


def _counted(batches):
    """(examples before the batch, its images) of each batch."""
    before = 0
    for images, _ in batches:
        yield before, np.asarray(images)
        before += len(images)


def artefacts(journey):
    """{name: `Artefact`} of what lies in the run's folder."""
    from keras_distill.export.proof.artefact import Artefact
    from keras_distill.export.proof.parity import Parity

    found = {}
    for name, file in _files(journey).items():
        path = journey.folder / "artefacts" / file
        beside = (
            path / "manifest.json" if path.is_dir() else path.with_name(f"{file}.manifest.json")
        )
        if beside.exists():
            manifest = json.loads(beside.read_text(encoding="utf-8"))
            found[name] = Artefact(path, Parity(**manifest["parity"]), manifest)
    return found


def _files(journey):
    files = {"saved_model": SAVED_MODEL}
    files.update({name: f"{name}.float32.tflite" for name in journey.float_models})
    if journey.configuration.quantization is not None:
        files["int8"] = INT8
    return files

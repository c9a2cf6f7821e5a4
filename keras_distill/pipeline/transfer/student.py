"""The student before training: one set of initial weights for control and distillation."""

import keras

from keras_distill.pipeline.load_model import load_model

KEYS = ("seed", "data", "student")


def needs(configuration):
    number = len(configuration.teachers)
    return ("teacher",) if number == 1 else ("ensemble",)


def wanted(configuration):
    return True


def run(journey):
    from keras_distill.footprint import parameters

    settings = journey.configuration.student
    keras.utils.set_random_seed(journey.configuration.seed)
    if settings.model is not None:
        student = load_model(settings.model, "student.model")
    elif settings.architecture is not None:
        student = journey.build(settings.architecture, settings.arguments)
    else:
        student = _layers_of_the_teacher(journey, settings.layers)
    if settings.prune_vocabulary:
        student = _pruned(journey, student)
    journey.say(f"  student: {parameters(student):,} parameters")
    files = [journey.save("student_untrained", student)]
    return files, {"parameters": parameters(student)}


def _layers_of_the_teacher(journey, layers):
    from keras_distill.models.fewer_layers import fewer_layers

    if len(journey.teacher_names) > 1:
        raise ValueError(
            "`student.layers` takes layers of the teacher. Received: "
            f"{len(journey.teacher_names)} teachers. Name an architecture instead, or one teacher."
        )
    return fewer_layers(journey.model("teacher"), layers=layers)


def _pruned(journey, student):
    from keras_distill.models.prune_vocabulary import prune_vocabulary

    texts = [text.decode() for batch, _ in journey.splits.train for text in batch.numpy().tolist()]
    return prune_vocabulary(student, texts)

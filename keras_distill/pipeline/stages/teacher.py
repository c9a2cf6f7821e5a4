"""The teacher: loaded or trained, put behind its adapter, and looked at."""

import keras

from keras_distill.pipeline import training
from keras_distill.pipeline.examine_teacher import examine_teacher
from keras_distill.pipeline.load_model import load_model

KEYS = ("seed", "data", "teacher")


def needs(configuration):
    return ()


def wanted(configuration):
    return True


def run(journey):
    settings = journey.configuration.teacher
    raw = journey.given_teacher
    if raw is None and settings.model is not None:
        raw = load_model(settings.model, "teacher.model")
    if raw is None:
        keras.utils.set_random_seed(journey.configuration.seed)
        raw = journey.build(settings.architecture, settings.arguments)
        training.fit(
            journey,
            "teacher",
            raw,
            settings.epochs,
            settings.learning_rate,
            training.label_loss(raw),
        )
    teacher = journey.adapt(raw)
    look = examine_teacher(teacher, journey.splits)
    if look.finding is not None or look.at_chance:
        raise ValueError(look.sentence)
    journey.say(look.sentence)
    # The model as it came is kept beside: the student is a narrower copy of that one.
    files = [journey.save("teacher", teacher)]
    if teacher is not raw:
        files.append(journey.save("teacher_as_given", raw))
    return files, {"validation_accuracy": look.accuracy}

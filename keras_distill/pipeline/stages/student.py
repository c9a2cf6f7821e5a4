"""The student before training: one set of initial weights for control and distillation."""

import keras

from keras_distill.pipeline.load_model import load_model

KEYS = ("seed", "student")


def needs(configuration):
    return ("teacher",)


def wanted(configuration):
    return True


def run(journey):
    from keras_distill.footprint import parameters

    settings = journey.configuration.student
    student = journey.given_student
    if student is None and settings.model is not None:
        student = load_model(settings.model, "student.model")
    elif student is None and settings.architecture is not None:
        keras.utils.set_random_seed(journey.configuration.seed)
        student = journey.build(settings.architecture, settings.arguments)
    elif student is None:
        student = _narrower(journey, settings.width)
    count, teachers = parameters(student), parameters(journey.model("teacher"))
    if count >= teachers:
        journey.warn(
            f"The student has {count:,} parameters and the teacher {teachers:,}: there is nothing "
            "to compress. Lower `student.width` or give a smaller model."
        )
    return [journey.save("student_untrained", student)], {"parameters": count}


def _narrower(journey, width):
    from keras_distill.models.narrow import narrow

    student = narrow(journey.teacher_as_given, width=width, seed=journey.configuration.seed)
    return journey.adapt(student, flat=True)

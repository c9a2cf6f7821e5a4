"""The student trained under the teacher, from the control's initial weights."""

from keras_distill.pipeline import training

KEYS = ("seed", "data", "distillation")


def needs(configuration):
    return ("student",)


def wanted(configuration):
    return configuration.distillation is not None


def run(journey):
    settings = journey.configuration.distillation
    student = journey.fresh_student()
    training.distil(
        journey, "distilled", journey.plain(student), settings.epochs, settings.learning_rate
    )
    return [journey.save("distilled", student)], {}

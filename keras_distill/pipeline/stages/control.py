"""The honest control: the student trained as in distillation, without a teacher."""

from keras_distill.pipeline import training

KEYS = ("seed", "data", "distillation", "control")


def needs(configuration):
    return ("student",)


def wanted(configuration):
    return configuration.control


def run(journey):
    settings = journey.configuration.distillation
    student = journey.fresh_student()
    training.fit(
        journey,
        "control",
        student,
        settings.epochs,
        settings.learning_rate,
        training.label_loss(student),
    )
    return [journey.save("control", student)], {}

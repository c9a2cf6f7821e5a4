"""The honest control: the student trained as long as distilled and fine-tuned, on labels alone."""

from keras_distill.pipeline import training

KEYS = ("seed", "data", "distillation", "fine_tuning", "control")


def needs(configuration):
    return ("student",)


def wanted(configuration):
    return configuration.control


def run(journey):
    settings = journey.configuration
    stages = [each for each in (settings.distillation, settings.fine_tuning) if each is not None]
    student = journey.fresh_student()
    training.fit(
        journey,
        "control",
        journey.plain(student),
        sum(each.epochs for each in stages),
        stages[0].learning_rate,
        training.label_loss(student),
    )
    return [journey.save("control", student)], {}

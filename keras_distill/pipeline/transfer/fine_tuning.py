"""The student's last epochs, on the labels alone."""

from keras_distill.pipeline import training

KEYS = ("seed", "data", "fine_tuning")


def needs(configuration):
    return ("student",) if configuration.distillation is None else ("distillation",)


def wanted(configuration):
    return configuration.fine_tuning is not None


def run(journey):
    settings = journey.configuration.fine_tuning
    before = "student_untrained" if journey.configuration.distillation is None else "distilled"
    student = journey.fresh(before)
    training.fit(
        journey,
        "fine_tuned",
        journey.plain(student),
        settings.epochs,
        settings.learning_rate,
        training.label_loss(student),
    )
    return [journey.save("fine_tuned", student)], {}

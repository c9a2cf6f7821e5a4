"""Several teachers as one."""

from keras_distill.pipeline.transfer.examine_texts import examine_texts
from keras_distill.teachers.ensemble import Ensemble

KEYS = ("teachers",)


def needs(configuration):
    return tuple(f"teacher_{i + 1}" for i in range(len(configuration.teachers)))


def wanted(configuration):
    return True


def run(journey):
    members = [journey.model(name) for name in journey.teacher_names]
    entries = [journey.entry(name) for name in journey.teacher_names]
    mixture = Ensemble(members, inputs=entries)
    journey.keep("teacher", mixture)
    look = examine_texts(journey, "teacher")
    journey.say(f"  {look.sentence}")
    return [journey.save("teacher", mixture)], {"validation_accuracy": look.accuracy}

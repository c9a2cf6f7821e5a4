"""A teacher: pretrained, from a file or built anew, and fine-tuned on the labels."""

import keras

from keras_distill.pipeline import training
from keras_distill.pipeline.load_model import load_model
from keras_distill.pipeline.transfer.examine_texts import examine_texts
from keras_distill.pipeline.transfer.pretrained import pretrained, reordered

EPOCHS = 3


class TeacherStage:
    """The stage of one of the teachers.

    Args:
        name: Of its model in the run: `"teacher"`, or `"teacher_1"` and so on.
        place: In the configuration's list.
    """

    KEYS = ("seed", "data", "teachers")

    def __init__(self, name, place):
        self.__name__ = name
        self._place = place

    def needs(self, configuration):
        from keras_distill.pipeline.transfer import words

        return ("words",) if words.wanted(configuration) else ()

    def wanted(self, configuration):
        return True

    def run(self, journey):
        settings = journey.configuration.teachers[self._place]
        seed = journey.configuration.seed if settings.seed is None else settings.seed
        keras.utils.set_random_seed(seed)
        model = _built(journey, settings)
        if settings.class_map is not None:
            model = reordered(model, settings.class_map)
        journey.keep(self.__name__, model)
        epochs = settings.epochs
        if epochs is None:
            epochs = 0 if settings.model is not None else EPOCHS
        if epochs:
            training.fit(
                journey,
                self.__name__,
                journey.plain(model),
                epochs,
                settings.learning_rate,
                training.label_loss(model),
                seed=seed,
            )
        look = examine_texts(journey, self.__name__)
        if look.finding is not None or look.at_chance:
            raise ValueError(look.sentence)
        journey.say(f"  {look.sentence}")
        return [journey.save(self.__name__, model)], {"validation_accuracy": look.accuracy}


def _built(journey, settings):
    if settings.model is not None:
        return load_model(settings.model, "teachers.model")
    if settings.architecture is not None:
        return journey.build(settings.architecture, settings.arguments)
    return pretrained(
        settings.preset,
        num_classes=len(journey.splits.class_names),
        sequence_length=journey.configuration.data.sequence_length,
    )

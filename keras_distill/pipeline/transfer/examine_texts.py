"""Looks at a teacher of texts: classes in the data's order, and better than chance?"""

import numpy as np

from keras_distill.predictors.load import load
from keras_distill.teachers.examine import examine

EXAMPLES = 1000


def examine_texts(journey, name):
    """`kd.teachers.examine` on up to 1,000 validation texts.

    Args:
        journey: A `TransferJourney`.
        name: The teacher's model in it.
    """
    predictor = load(journey.model(name), name=name, preprocessor=journey.preprocessor(name))
    texts, labels = [], []
    for x, y in journey.splits.validation:
        texts.extend(np.asarray(x))
        labels.extend(np.asarray(y))
        if len(texts) >= EXAMPLES:
            break
    return examine(
        predictor.predict,
        np.array([each.decode() for each in texts[:EXAMPLES]], object),
        np.array(labels[:EXAMPLES]),
        class_names=journey.splits.class_names,
    )

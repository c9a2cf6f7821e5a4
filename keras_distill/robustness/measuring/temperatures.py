"""One temperature for each model, fitted before anything is judged."""

import numpy as np

from keras_distill.robustness.statistics.fit_temperature import fit_temperature

# A single number is fitted: more examples would not move it.
EXAMPLES = 2000


def temperatures(measurement, held_out):
    """`{model: temperature}`, fitted on clean examples.

    Args:
        measurement: A `Measurement`.
        held_out: A `MeasuredData` to fit on; None for every second one of the measured clean
            examples, which then are judged as well: with one number fitted that flatters little,
            and the report says so.

    Returns:
        A dict.
    """
    if held_out is not None:
        inputs, labels = held_out.first(EXAMPLES)
    else:
        inputs, labels = (each[::2] for each in measurement.data.first(2 * EXAMPLES))
    if np.unique(labels).size < 2:
        return dict.fromkeys(measurement.loaded)
    return {
        name: fit_temperature(measurement.probabilities(name, inputs), labels)
        for name in measurement.loaded
    }

"""Whether a model is less sure of data that it was not made for."""

import numpy as np

from keras_distill.robustness.measuring.measured_data import MeasuredData
from keras_distill.robustness.statistics.out_of_distribution import out_of_distribution

EXAMPLES = 10_000


def out_of_distribution_probe(measurement, records, others, seed):
    """Rows of the report's `out_of_distribution`: each model on each other data set.

    Args:
        measurement: A `Measurement`; its clean examples are the data the models were made for.
        records: `records(model, cell)` gives a finished cell's record of one model.
        others: `{name: MeasuredData}`.
        seed: Seed of the bootstrap.

    Returns:
        A list of dicts.
    """
    rows = []
    for name, other in others.items():
        inputs, _ = other.first(EXAMPLES)
        if inputs.shape[1:] != measurement.data.first(1)[0].shape[1:]:
            raise ValueError(
                f"The examples of {name!r} have shape {inputs.shape[1:]}, those of the data "
                f"{measurement.data.shape}. Resize them first."
            )
        for model in measurement.loaded:
            inside = records(model, ("clean", 0))["confidence"]
            outside = measurement.probabilities(model, inputs).max(axis=1)
            found = out_of_distribution(inside, outside, seed)
            rows.append({"model": model, "data": name, **found})
    return rows


def other_data(data):
    """A `MeasuredData` of inputs whose labels, if there are any, do not matter."""
    if isinstance(data, np.ndarray):
        return MeasuredData((data, np.zeros(len(data), "int64")))
    if isinstance(data, tuple):
        return other_data(np.asarray(data[0]))
    return MeasuredData(_Unlabelled(data))


class _Unlabelled:
    def __init__(self, data):
        self.data = data

    def __iter__(self):
        for batch in self.data:
            inputs = np.asarray(batch[0] if isinstance(batch, tuple | list) else batch)
            yield inputs, np.zeros(len(inputs), "int64")

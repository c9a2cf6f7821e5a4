"""How often an answer flips while a picture moves a little."""

import numpy as np

from keras_distill.robustness.statistics.flip_probability import flip_probability
from keras_distill.robustness.statistics.intervals import percentiles
from keras_distill.robustness.statistics.resample_counts import resample_counts

FRAMES = 10
EXAMPLES = 1000
_BATCH = 100


def stability_probe(measurement, sequences, seed):
    """Rows of the report's `stability`: each model on each perturbation sequence.

    Args:
        measurement: A `Measurement`.
        sequences: Names of `kd.corruptions.sequence`.
        seed: Seed of the sequences and of the bootstrap.

    Returns:
        A list of dicts.
    """
    from keras_distill import corruptions

    images, _ = measurement.data.first(EXAMPLES)
    rows = []
    for name in sequences:
        answers = {model: [] for model in measurement.loaded}
        for start in range(0, len(images), _BATCH):
            some = images[start : start + _BATCH]
            indices = range(start, start + len(some))
            made = corruptions.sequence(name, some, FRAMES, seed=seed, indices=indices)
            frames = made.reshape(-1, *made.shape[2:])
            for model, found in answers.items():
                top = measurement.probabilities(model, frames).argmax(1)
                found.append(top.reshape(-1, FRAMES))
        for model, found in answers.items():
            top = np.concatenate(found)
            each = (top[:, 1:] != top[:, :-1]).mean(axis=1)
            draws = np.einsum("j,ij->i", each, resample_counts(len(each), seed)) / len(each)
            rows.append(
                {
                    "model": model,
                    "sequence": name,
                    "frames": FRAMES,
                    "n": len(top),
                    "flip_probability": flip_probability(top),
                    "flip_probability_ci95": percentiles(draws),
                }
            )
    return rows

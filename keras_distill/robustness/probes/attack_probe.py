"""Accuracy under FGSM and PGD, made on one model and shown to every model."""

import numpy as np

from keras_distill.robustness.statistics.intervals import wilson_interval

EPSILONS = (2 / 255, 4 / 255, 8 / 255)
STEPS = {"fgsm": 1, "pgd": 20}
# Enough for ±3 points; a gradient costs several times what a prediction does.
EXAMPLES = 1000
_BATCH = 100


def attack_probe(measurement, attacks, parents, baseline, seed):
    """Rows of the report's `attacks`: each model under each attack at each strength.

    A Keras model is attacked through its own gradient. What has none (a file, a function) is
    shown the images made on its parent, or on the baseline: a transfer attack, which is weaker.

    Args:
        measurement: A `Measurement`.
        attacks: Names out of "fgsm" and "pgd".
        parents: `{model: name of the model it was made from, or None}`.
        baseline: Name of the model to fall back on.
        seed: Seed of PGD's random start.

    Returns:
        A list of dicts.
    """
    images, labels = measurement.data.first(EXAMPLES)
    loaded = measurement.loaded
    source = {}
    for name in loaded:
        chain = (name, parents.get(name), baseline)
        source[name] = next(
            (each for each in chain if each and loaded[each].model is not None), None
        )
    rows = []
    for attack in attacks:
        for epsilon in EPSILONS:
            right = {name: [] for name, crafted_on in source.items() if crafted_on}
            for crafted_on in dict.fromkeys(source[name] for name in right):
                moved = _attacked(loaded[crafted_on].model, attack, epsilon, images, labels, seed)
                for name in right:
                    if source[name] == crafted_on:
                        found = measurement.probabilities(name, moved).argmax(1) == labels
                        right[name] = int(found.sum())
            rows += [
                {
                    "model": name,
                    "attack": attack,
                    "epsilon": float(epsilon),
                    "steps": STEPS[attack],
                    "crafted_on": source[name],
                    "n": len(labels),
                    "accuracy": found / len(labels),
                    "accuracy_ci95": wilson_interval(found, len(labels)),
                }
                for name, found in right.items()
            ]
    return rows


def _attacked(model, attack, epsilon, images, labels, seed):
    from keras_distill import attacks

    made = (
        attacks.FGSM(model, epsilon)
        if attack == "fgsm"
        else attacks.PGD(model, epsilon, step_size=epsilon / 4, steps=STEPS[attack], seed=seed)
    )
    batches = range(0, len(labels), _BATCH)
    return np.concatenate(
        [np.asarray(made(images[i : i + _BATCH], labels[i : i + _BATCH])) for i in batches]
    )

"""Cuts a part out of a set of labelled examples, class by class."""

import numpy as np


def cut(labels, share):
    """Which examples go (a `share` of each class, at least one where it has two) and stay.

    Always the same for the same labels, whatever the seed of the training, so that a
    comparison over seeds is a comparison on the same validation images.

    Returns:
        Two sorted index arrays: those that stay, those that go.
    """
    rng = np.random.default_rng(20150309)
    gone = []
    for label in np.unique(labels):
        members = rng.permutation(np.flatnonzero(labels == label))
        number = max(1, round(len(members) * share)) if len(members) > 1 else 0
        gone.append(members[:number])
    gone = np.sort(np.concatenate(gone)) if gone else np.array([], int)
    return np.setdiff1d(np.arange(len(labels)), gone), gone

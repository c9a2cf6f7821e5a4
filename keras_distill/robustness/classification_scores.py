"""Scores of one model on one cell, from probabilities and labels."""

import numpy as np


def macro_f1(predicted, labels, classes):
    """Mean F1 over the classes that occur among labels or predictions."""
    right = np.bincount(labels[predicted == labels], minlength=classes)
    found = np.bincount(predicted, minlength=classes) + np.bincount(labels, minlength=classes)
    present = found > 0
    return float(np.mean(2 * right[present] / found[present]))


def negative_log_likelihood(probabilities, labels):
    """Mean −log p of the true class; p below 1e-12 counts as 1e-12, so it stays finite."""
    p = probabilities[np.arange(len(labels)), labels].astype("float64")
    return float(-np.log(np.maximum(p, 1e-12)).mean())


def calibration_error(probabilities, labels, bins=15):
    """Expected calibration error over `bins` bins of equal width, (low, high]."""
    confidence = probabilities.max(axis=1).astype("float64")
    right = (probabilities.argmax(axis=1) == labels).astype("float64")
    which = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
    gap = np.bincount(which, weights=confidence - right, minlength=bins)
    return float(np.abs(gap).sum() / len(labels))

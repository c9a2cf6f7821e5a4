"""Exact paired test where an example is judged several times."""

import numpy as np


def sign_flip_test(differences):
    """Two-sided p-value of the sum of paired integer differences, one per example.

    An example's answers at several severities are not independent, so McNemar's test on all of
    them together, which counts each as a pair of its own, gives p-values that are too small. Here
    the example is the unit. Its difference is: severities at which the one model is right, less
    those at which the other is. Were the two models interchangeable, each example's difference
    could as well have the other sign. The p-value is the chance, over all 2ⁿ equally likely signs,
    of a sum at least as far from zero. The distribution of that sum is computed exactly, as a sum
    of binomials, not by drawing signs. With one severity this is the exact McNemar test.

    Args:
        differences: Integers `(n,)`.

    Returns:
        A float in (0, 1].

    Reference:
        Fisher, 1935, The Design of Experiments, section 21 (the test); Obuchowski, 1998, On the
        comparison of correlated proportions for clustered data, Statistics in Medicine 17 (why
        McNemar's does not hold).
    """
    from scipy.stats import binom

    sizes = np.bincount(np.abs(np.asarray(differences, "int64")))
    observed = abs(int(np.sum(differences)))
    # law[i] is the chance of the sum first + i · step.
    law, first = np.ones(1), 0
    for size, number in enumerate(sizes):
        if size == 0 or number == 0:
            continue
        # The sum of `number` signs times size is size · (2 · binomial − number).
        heads = np.arange(number + 1)
        chances = binom.pmf(heads, number, 0.5)
        # Chances below 1e-308 are 0 already; leaving them out shortens the product.
        kept = heads[chances > 0]
        spread = np.zeros((len(kept) - 1) * size + 1)
        spread[::size] = chances[kept]
        # In units of two, because a sign's two values lie two apart.
        law, first = np.convolve(law, spread), first + size * (2 * int(kept[0]) - int(number))
    sums = first + 2 * np.arange(len(law))
    return float(min(1.0, law[np.abs(sums) >= observed].sum()))

"""Which models are compared with which."""


def compared_pairs(models, baseline, compare, parents):
    """Pairs `(model, other)`: everything against the baseline, then those asked for.

    Args:
        models: Names.
        baseline: One of them.
        compare: Pairs beside those with the baseline; None for distilled against control where
            both are there, and every model against the one it was made from.
        parents: `{model: name of the model it was made from, or None}`.

    Returns:
        A list of pairs, none twice.

    Raises:
        ValueError: If a pair names one model twice, or one that is not there.
    """
    pairs = [(name, baseline) for name in models if name != baseline]
    if compare is None:
        compare = [("distilled", "control")] if {"distilled", "control"} <= set(models) else []
        compare += [(name, parents[name]) for name in models if parents.get(name)]
    for pair in compare:
        if len(pair) != 2 or pair[0] == pair[1] or not set(pair) <= set(models):
            raise ValueError(
                f"`compare` must hold pairs of two different models out of: {', '.join(models)}. "
                f"Received: {tuple(pair)!r}."
            )
        if tuple(pair) not in pairs:
            pairs.append(tuple(pair))
    return pairs

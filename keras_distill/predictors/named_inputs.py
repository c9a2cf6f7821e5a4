"""What a preprocessor makes of texts, as a model's inputs are named."""


def named_inputs(features, names):
    """Picks those features that a model takes, by its inputs' names.

    Args:
        features: What a preprocessor made: an array, a list of arrays, or a dict of them, such
            as `token_ids`, `padding_mask` and `segment_ids` of a KerasHub preprocessor.
        names: Names of the model's inputs.

    Returns:
        `{name: array}`, in the order of `names`. A model with one input takes `token_ids` of a
        dict, whatever its input is called.

    Raises:
        ValueError: If a feature is missing, or their number is another.
    """
    names = list(names)
    if isinstance(features, dict):
        if len(names) == 1 and names[0] not in features and "token_ids" in features:
            return {names[0]: features["token_ids"]}
        missing = [name for name in names if name not in features]
        if not missing:
            return {name: features[name] for name in names}
        received = ", ".join(repr(name) for name in features)
    else:
        parts = features if isinstance(features, (list, tuple)) else [features]
        if len(parts) == len(names):
            return dict(zip(names, parts, strict=True))
        received = "one array" if len(parts) == 1 else f"{len(parts)} arrays"
    raise ValueError(
        f"The model takes {', '.join(repr(name) for name in names)}, but its preprocessor gives "
        f"{received}. Give the preprocessor that the model was trained with."
    )

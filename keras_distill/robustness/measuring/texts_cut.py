"""How many texts a model does not see the end of."""


def texts_cut(predictor, data):
    """Counts the clean texts that are longer than a model's sequences.

    Args:
        predictor: A `Predictor`.
        data: A `MeasuredData` of texts.

    Returns:
        A whole number; None where the predictor cannot tell.
    """
    counts = []
    for part in data.parts():
        counts.append(predictor.cut(part.inputs))
        if counts[-1] is None:
            return None
    return sum(counts)

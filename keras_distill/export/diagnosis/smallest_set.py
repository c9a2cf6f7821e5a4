"""As few layers in float as will do."""


def smallest_set(ranked, readers, passes):
    """Layers to keep in float, most harmful first, until the file is good enough.

    A layer whose output has a bad range helps nobody as long as the layer that reads it
    rounds it again, so a layer comes with those that read it, and what is not needed is left
    out again at the end.

    Args:
        ranked: Layers, most harmful first.
        readers: {layer: layers that read what it gives}.
        passes: Function of a set of layers: whether the file is good enough with them in float.

    Returns:
        A list in the order of `ranked`, or None if not even all of them suffice.
    """

    def first(count):
        return {each for layer in ranked[:count] for each in (layer, *readers.get(layer, ()))}

    high = 1
    while high < len(ranked) and not passes(first(high)):
        high = min(2 * high, len(ranked))
    if not ranked or not passes(first(high)):
        return None
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if passes(first(middle)) else (middle, high)
    kept = first(high)
    places = {layer: number for number, layer in enumerate(ranked)}
    for layer in sorted(kept, key=lambda one: -places.get(one, len(ranked))):
        if len(kept) > 1 and passes(kept - {layer}):
            kept = kept - {layer}
    return sorted(kept, key=lambda one: places.get(one, len(ranked)))

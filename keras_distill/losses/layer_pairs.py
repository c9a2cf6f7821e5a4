"""Which teacher layer teaches which student layer."""


def layer_pairs(who, layer_map):
    """`[(teacher path, student path), …]` out of a dict, or of such a list.

    Args:
        who: The loss's name, for the sentence.
        layer_map: `{teacher path: student path}`, or pairs of them, so that a layer may
            stand in several.

    Raises:
        ValueError: It is empty, or something other than paths is paired.
    """
    pairs = layer_map.items() if isinstance(layer_map, dict) else layer_map
    fits = isinstance(layer_map, (dict, list, tuple)) and len(layer_map) > 0
    if not fits or not all(_is_pair(each) for each in pairs):
        raise ValueError(
            f"{who} takes a layer map {{teacher path: student path}}, or a list of such pairs. "
            f"Received: layer_map={layer_map!r}. Name at least one pair, e.g. "
            "{'backbone/transformer_layer_3': 'backbone/transformer_layer_1'}."
        )
    return [tuple(each) for each in pairs]


def _is_pair(each):
    return (
        isinstance(each, (list, tuple))
        and len(each) == 2
        and all(isinstance(path, str) and path for path in each)
    )

"""The layers of a model by their paths."""


def layer_paths(model):
    """All layers inside a model, nested ones too.

    Args:
        model: A `keras.Model`.

    Returns:
        {path: layer}, such as `"encoder/lstm"`, each layer once, outer ones first.
    """
    found, seen = {}, {id(model)}

    def walk(layer, prefix):
        for child in layer._flatten_layers(recursive=False, include_self=False):
            if id(child) not in seen:
                seen.add(id(child))
                found.setdefault(f"{prefix}{child.name}", child)
                walk(child, f"{prefix}{child.name}/")

    walk(model, "")
    return found

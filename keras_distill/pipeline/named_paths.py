"""Models as they are given on the command line: paths, some of them as NAME=PATH."""

import pathlib


def named_paths(models):
    """A list of paths, or `{name: path}` where one of them is given as NAME=PATH.

    Args:
        models: Texts. One with an equals sign is a path all the same if it exists.

    Returns:
        The list as it is, or a dict in its order, plain paths named after their files.

    Raises:
        ValueError: Two have one name.
    """
    plain = [model for model in models if "=" not in model or pathlib.Path(model).exists()]
    if len(plain) == len(models):
        return models
    named = {}
    for model in models:
        name, _, path = model.partition("=")
        if model in plain:
            name, path = pathlib.Path(model).stem, model
        if name in named:
            raise ValueError(
                f"Two models are called {name!r}, and a report needs one name for each. Name them "
                "as NAME=PATH."
            )
        named[name] = path
    return named

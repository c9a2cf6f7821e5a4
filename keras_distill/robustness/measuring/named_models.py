"""Models by the names that the report calls them."""

import os
import pathlib


def named_models(models):
    """`{name: predictor}` of a dict, or of a list of models that are named by themselves.

    Args:
        models: `{name: model}`, or a list of `keras.Model`s, paths, artefacts or functions: a
            path is named after its file, the others by themselves.

    Returns:
        A dict of `kd.predictors.Predictor`, in the order given.

    Raises:
        ValueError: If there is none, or two have one name.
    """
    from keras_distill import predictors

    if not models:
        raise ValueError("There is no model to measure. Expected a dict of name → model.")
    if isinstance(models, dict):
        return {name: predictors.load(model, name=name) for name, model in models.items()}
    if not isinstance(models, list | tuple):
        raise ValueError(
            "Expected a dict of name → model, or a list of models. Received: "
            f"{type(models).__name__}."
        )
    loaded = {}
    for model in models:
        predictor = predictors.load(model)
        name = predictor.name
        path = pathlib.Path(model) if isinstance(model, str | os.PathLike) else None
        if (
            name in loaded
            and path
            and loaded[name].path
            and path.suffix != loaded[name].path.suffix
        ):
            # student.keras and student.tflite are told apart by their endings.
            name = path.name
        if name in loaded:
            raise ValueError(
                f"Two models are called {name!r}, and a report needs one name for each. Give a "
                "dict of name → model."
            )
        predictor.name = name
        loaded[name] = predictor
    return loaded

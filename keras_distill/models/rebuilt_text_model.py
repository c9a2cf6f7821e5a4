"""A KerasHub text model built again with another backbone configuration."""


def backbone_of(model):
    """A KerasHub task's backbone, or the backbone itself."""
    return getattr(model, "backbone", None) or model


def rebuilt_text_model(model, changes, source, preprocessor=None):
    """A model of the same class around a changed backbone, with the original's weights.

    Args:
        model: A KerasHub task or backbone.
        changes: What is other in the backbone's configuration.
        source: From a layer of the new backbone to the name of the old one's layer whose
            weights it gets.
        preprocessor: Of the new task; None for the old one's own.

    Returns:
        A task or backbone, and pairs of variables (new, old) whose shapes differ, which the
        caller has to fill.
    """
    old = backbone_of(model)
    config = {key: value for key, value in old.get_config().items() if key != "name"}
    new = type(old).from_config({**config, **changes, "name": old.name})
    pairs = []
    for layer in filter(_has_weights, new.layers):
        pairs += zip(layer.weights, old.get_layer(source(layer)).weights, strict=True)
    made = new
    if model is not old:
        config = {key: value for key, value in model.get_config().items() if key != "name"}
        config["backbone"] = new
        config["preprocessor"] = preprocessor or model.preprocessor
        made = type(model).from_config(config)
        done = {id(layer) for layer in (new, *new.layers)}
        for layer in filter(_has_weights, made.layers):
            if id(layer) not in done:
                pairs += zip(layer.weights, model.get_layer(layer.name).weights, strict=True)
    for target, value in pairs:
        if target.shape == value.shape:
            target.assign(value)
    return made, [(target, value) for target, value in pairs if target.shape != value.shape]


def _has_weights(layer):
    return bool(layer.weights)

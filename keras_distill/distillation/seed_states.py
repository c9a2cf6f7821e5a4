"""The states of Dropout's and augmentation's random draws, which Keras saves nowhere."""


def seed_states(model):
    """Variables of every SeedGenerator inside a model, in a stable order."""
    known = {id(each) for each in [*model.weights, *model.metrics_variables]}
    return [each for each in model.variables if id(each) not in known]

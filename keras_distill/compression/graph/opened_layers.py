"""The layers of a model by path, what is inside prepared composite ones included."""

from keras_distill.compression.graph.composite_wrapper import CompositeWrapper
from keras_distill.compression.graph.inner_layers import inner_layers, named_paths
from keras_distill.compression.graph.prerequisites import layers_with_paths


def opened_layers(model):
    """Yield (path, layer) of every layer; after a wrapped composite come its inner layers.

    An inner layer that is prepared is given by what prepares it, such as a `PrunedLayer`; what
    holds no weights and is not prepared is left out.
    """
    for path, layer in layers_with_paths(model):
        yield path, layer
        if isinstance(layer, CompositeWrapper):
            inner, names = inner_layers(layer.layer), named_paths(layer.layer)
            parts = {id(part.layer): part for part in layer.parts if hasattr(part, "layer")}
            prepared = [where for where, one in inner.items() if id(one) in parts]
            for where, one in inner.items():
                if any(where.startswith(f"{outer}/") for outer in prepared):
                    continue  # A recurrent layer's cell: its weights are the layer's.
                if where in prepared or one.weights and not inner_layers(one):
                    yield f"{path}/{names[where]}", parts.get(id(one), one)


def weights_inside(layer):
    """The weights of a composite layer that belong to layers inside it."""
    return [weight for inner in inner_layers(layer).values() for weight in inner.weights]

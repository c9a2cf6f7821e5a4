"""What every verb of `compression` asks of the model it is given."""

import keras

from keras_distill.compression.graph.prepared_layer import PreparedLayer


def check_backend(verb):
    """Refuse every backend but TensorFlow: TF-MOT's algorithms run on no other."""
    backend = keras.backend.backend()
    if backend != "tensorflow":
        raise RuntimeError(
            f"`{verb}` needs Keras's TensorFlow backend: it runs TF-MOT's own algorithms. "
            f"Received: backend {backend!r}. Set KERAS_BACKEND=tensorflow before the first "
            "import of keras; a model saved as `.keras` moves over as it is."
        )


def check_model(verb, model):
    """Refuse whatever is not a built Functional or Sequential Keras 3 model."""
    module = type(model).__module__
    if module.split(".")[0] == "tf_keras":
        raise ValueError(
            f"`{verb}` expects a Keras 3 model. Received: {type(model).__name__!r} of tf_keras "
            f"(Keras 2). Call TF-MOT's own verb on it, or rebuild it with `import keras` and copy "
            "its weights with `set_weights`."
        )
    if not isinstance(model, keras.Model):
        raise ValueError(
            f"`{verb}` expects a `keras.Model`. Received: {model!r} of type "
            f"{type(model).__name__!r}. Pass the model itself, for example "
            "`keras.models.load_model(path)`."
        )
    if not model.built:
        raise ValueError(
            f"`{verb}` expects a built model, whose weights exist. Received: {model.name!r}, not "
            "built. Give it an `keras.Input`, or call `model.build(input_shape)` first."
        )
    if not is_graph(model):
        raise ValueError(
            f"`{verb}` expects a Functional or Sequential model. Received: {model.name!r}, a "
            f"subclass ({type(model).__name__!r}) whose layers it cannot see. Call it on "
            "an input, `keras.Model(inputs, model(inputs))`: its layers are then found by path."
        )


def is_graph(model):
    """Whether the model's layers and their order are known: Functional or Sequential."""
    if isinstance(model, keras.Sequential):
        return True
    return isinstance(model, keras.Model) and hasattr(model, "operations")


def layers_with_paths(model, prefix=""):
    """Yield (path, layer) of every layer, nested graph models opened, input layers left out."""
    for layer in model.layers:
        path = f"{prefix}{layer.name}"
        if isinstance(layer, keras.Model) and is_graph(layer):
            yield from layers_with_paths(layer, f"{path}/")
        elif not isinstance(layer, keras.layers.InputLayer):
            yield path, layer


def prepared_layers(model):
    """The layers that a verb has put into the model: (path, layer) pairs."""
    layers = layers_with_paths(model)
    return [(path, layer) for path, layer in layers if isinstance(layer, PreparedLayer)]

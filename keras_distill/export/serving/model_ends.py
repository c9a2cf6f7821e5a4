"""What goes into a Keras model and what comes out of it, by name."""

import dataclasses
import re

import keras


@dataclasses.dataclass(frozen=True)
class End:
    """One input or output: the file's `name` for it, the model's `key`, and one example's shape.

    An axis of any length is None.
    """

    name: str
    key: str
    shape: tuple
    dtype: str


@dataclasses.dataclass(frozen=True)
class ModelEnds:
    """The inputs and outputs of a model, in the order that Keras flattens them.

    Args:
        inputs: `End` of each input.
        outputs: `End` of each output.
        structure: The inputs as the model takes them, nested as a call's only argument.
        batch: The number of examples that the model is tied to, or None.
    """

    inputs: tuple
    outputs: tuple
    structure: object
    batch: int | None

    def packed(self, tensors):
        """{name: tensor} as the model takes it."""
        return keras.tree.pack_sequence_as(self.structure, [tensors[i.name] for i in self.inputs])

    def named(self, outputs):
        """What the model gave, as {name: tensor}."""
        flat = keras.tree.flatten(outputs)
        return {end.name: tensor for end, tensor in zip(self.outputs, flat, strict=True)}


def model_ends(model):
    """The `ModelEnds` of a model that was built or called.

    One input is called `input` and one output `output`; several have the names that Keras knows
    them by (the key of a dict, else the name of the layer), made valid for TensorFlow.

    Args:
        model: A `keras.Model`: Functional, Sequential, or one of a class of its own that was
            called once on inputs of the shapes it will see.

    Returns:
        A `ModelEnds`.

    Raises:
        RuntimeError: Keras does not run on TensorFlow.
        ValueError: It is no model, or its inputs are not known.
    """
    if keras.backend.backend() != "tensorflow":
        raise RuntimeError(
            f"Export needs Keras on TensorFlow, but the backend is {keras.backend.backend()!r}. "
            "Save the model to a .keras file and export it in a process with "
            "KERAS_BACKEND=tensorflow."
        )
    if not isinstance(model, keras.Model):
        raise ValueError(
            f"Expected a keras.Model to export, but received {model!r}. Load it first with "
            "keras.saving.load_model."
        )
    graph = _graph(model)
    if graph is not None:
        given, made = graph.input, graph.output
    else:
        given = _remembered(model)
        if given is None:
            raise ValueError(
                f"The model {model.name!r} was never built, so the shape of its input is not "
                "known. Start it with keras.Input, or wrap it: "
                "`inputs = keras.Input(shape); model = keras.Model(inputs, model(inputs))`."
            )
        made = model(given, training=False)
    tensors = keras.tree.flatten(given)
    batch = next((t.shape[0] for t in tensors if t.shape[0] is not None), None)
    return ModelEnds(_ends(given, "input"), _ends(made, "output"), given, batch)


def _graph(model):
    """The Functional model inside, or None."""
    if isinstance(model, keras.Sequential):
        return model._functional if model.built else None
    return model if isinstance(getattr(model, "inputs", None), list) else None


def _remembered(model):
    """The inputs of a subclassed model, from the shapes of its first call; else None."""
    shapes = getattr(model, "_build_shapes_dict", None) if model.built else None
    if not shapes or len(shapes) != 1:
        return None
    (shape,) = shapes.values()

    def tensor(one):
        return keras.KerasTensor((None, *one[1:]), model.input_dtype)

    def walk(one):
        if isinstance(one, dict):
            return {key: walk(value) for key, value in one.items()}
        if all(n is None or isinstance(n, int) for n in one):
            return tensor(one)
        return type(one)(walk(value) for value in one)

    return walk(shape)


def _ends(structure, alone):
    """The `End`s of nested KerasTensors; the only one is called `alone`."""
    found = keras.tree.flatten_with_path(structure)
    taken, ends = set(), []
    for number, (path, tensor) in enumerate(found):
        key = _key(path, tensor, f"{alone}_{number}")
        name = _valid(key, alone) if len(found) > 1 else alone
        while name in taken:
            name = f"{name}_{number}"
        taken.add(name)
        shape = tuple(tensor.shape)[1:]
        ends.append(End(name, key, shape, keras.backend.standardize_dtype(tensor.dtype)))
    return tuple(ends)


def _key(path, tensor, numbered):
    if path and isinstance(path[-1], str):
        return path[-1]
    history = getattr(tensor, "_keras_history", None)
    # A tensor that stands for a remembered shape comes from no layer.
    layer = None if history is None else history.operation
    return numbered if layer is None else layer.name


def _valid(name, alone):
    """A name that TensorFlow takes as that of an argument."""
    name = re.sub(r"\W", "_", name, flags=re.ASCII).lstrip("_")
    return name if name and not name[0].isdigit() else f"{alone}_{name}".rstrip("_")

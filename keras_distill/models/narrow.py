"""Makes a student out of a teacher: the same layers with fewer channels."""

import keras
from keras import layers

from keras_distill.models.clone_graph import clone_graph
from keras_distill.models.kept_channels import copy_kept
from keras_distill.models.layer_widths import (
    follows,
    keeping_rules,
    narrowed_config,
    refuse_unknown,
)
from keras_distill.models.output_layers import output_layers


def narrow(teacher, width=0.25, initialize="random", seed=0):
    """Builds a narrower copy of a teacher, to be its student.

    For who has a teacher and no student: the same graph, names and head, with
    `width` times the filters and units of each layer. Parameters and work fall
    roughly with `width` squared. Among others it narrows every family of
    `keras.applications`: VGG, ResNet, DenseNet, MobileNet, EfficientNet, Inception,
    Xception, NASNet and ConvNeXt.

    Args:
        teacher: A Functional or Sequential `keras.Model` of convolutions, Dense,
            normalization and layers without weights, nested models included.
        width: Share of the filters and units that each layer but the classifier
            keeps, above 0 and at most 1; at least one. Where layers meet whose
            rounded counts would not, all are rounded in larger pieces. Defaults to 0.25.
        initialize: `"random"` (default): fresh weights. `"teacher"`: of each layer the
            first channels of the teacher's, with their weights; at `width=1.0` the
            student is the teacher. At smaller widths it is a place to start from, and
            knows nothing yet.
        seed: Of the fresh initial weights. Defaults to 0.

    Returns:
        A `keras.Model`. Adapted `Normalization` layers keep their mean and variance.

    Raises:
        ValueError: On a width outside (0, 1], a subclassed model, or a layer whose
            channels it does not know how to narrow (or, with `initialize="teacher"`,
            to follow), by name.

    Example:

    ```python
    teacher = kd.models.cifar_resnet(8, width=16, input_shape=(28, 28, 1))
    student = kd.models.narrow(teacher, width=0.25)
    assert kd.footprint.parameters(teacher) > 12 * kd.footprint.parameters(student)
    ```
    """
    if not 0 < width <= 1:
        raise ValueError(
            f"`width` is the share of channels to keep, above 0 and at most 1. Received: {width}."
        )
    if initialize not in ("random", "teacher"):
        raise ValueError(
            f'`initialize` must be "random" or "teacher". Received: initialize={initialize!r}.'
        )
    if not isinstance(teacher, (keras.Sequential, keras.models.Model)) or not (
        isinstance(teacher, keras.Sequential) or hasattr(teacher, "_operations")
    ):
        raise ValueError(
            "`narrow` rebuilds Functional and Sequential models. Received: "
            f"{type(teacher).__name__}. Write the student yourself and hand it to kd.Distiller."
        )
    kept = output_layers(teacher)
    for layer in teacher._flatten_layers(include_self=False, recursive=True):
        if not isinstance(layer, keras.Model):
            refuse_unknown(layer, teacher)
    student = _narrowed(teacher, width, kept, seed)
    for old, new in zip(
        teacher._flatten_layers(include_self=False),
        student._flatten_layers(include_self=False),
        strict=True,
    ):
        if isinstance(old, layers.Normalization):
            new.set_weights(old.get_weights())
            new.finalize_state()
    if initialize == "teacher":
        copy_kept(teacher, student)
    return student


def _narrowed(teacher, width, kept, seed):
    """The student under the first way of rounding that lets its layers meet."""
    for keep in keeping_rules(teacher, width, kept):
        count = iter(range(10**9))

        def narrowed(layer, given=None, keep=keep, count=count):
            whole = layer in kept
            config = layer.get_config() if whole else narrowed_config(layer, keep, given)
            if isinstance(layer, layers.Reshape) and -1 not in config["target_shape"]:
                # The channels are the last of the shape, and follow from the rest.
                config["target_shape"] = (*config["target_shape"][:-1], -1)
            for name, value in config.items():
                if name.endswith("_initializer") and isinstance(value, dict):
                    if "seed" in value.get("config", {}):
                        value["config"]["seed"] = seed * 10_000 + next(count)
            return type(layer).from_config(config)

        try:
            return clone_graph(teacher, narrowed, follows)
        except ValueError as error:
            failure = error  # two layers' channels do not meet: Keras says which
    raise ValueError(
        f"`narrow` cannot bring the channels of model '{teacher.name}' together again where its "
        f"layers meet. Received: width={width}. Try another width, such as 0.5 or 0.25, or write "
        "the student yourself and hand it to kd.Distiller."
    ) from failure

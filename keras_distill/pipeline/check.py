"""`check`: the teacher of a configuration, looked at before anything trains."""

from keras_distill.pipeline.examine_teacher import examine_teacher


def check(configuration):
    """Loads teacher and data of a configuration and examines one on the other.

    Args:
        configuration: A `Configuration` whose `teacher.model` is a file.

    Returns:
        `(found, lines)`: whether something must be mended first, and what to tell.

    Raises:
        ValueError: if there is no teacher to look at, or it does not fit the data.
    """
    import pathlib

    import keras

    from keras_distill.pipeline.load_model import load_model
    from keras_distill.pipeline.run_data import load_data
    from keras_distill.teachers.adapt import adapt

    if not hasattr(configuration, "teacher"):
        raise ValueError(
            "`keras-distill check` looks at teachers of images. Received: `recipe: transfer`, "
            "whose `run` looks at each teacher on validation texts before it teaches: class "
            "order, and better than chance. Go on with `keras-distill run`."
        )
    settings = configuration.teacher
    if settings.model is None:
        raise ValueError(
            "There is no teacher to look at yet: the configuration trains one "
            f"(`teacher.architecture: {settings.architecture}`). Give `teacher.model`, the path "
            "of a trained .keras file, or go on with `keras-distill run`."
        )
    model = load_model(pathlib.Path(settings.model), "teacher.model")
    splits = load_data(configuration)
    check_fit(model, splits, settings.class_map)
    teacher = adapt(model, settings.input_scale, settings.channels, settings.class_map)
    look = examine_teacher(teacher, splits)
    if look.finding is not None or look.at_chance:
        return True, [look.sentence]
    fed = f"{settings.input_scale}, {settings.channels.upper()}"
    order = "the data's own" if settings.class_map is None else "by `class_map`"
    return False, [
        look.sentence,
        f"Input scale and channels: {fed}. Class order: {order}. Classes: "
        f"{', '.join(splits.class_names[:10])}{', …' if len(splits.class_names) > 10 else ''}.",
        f"Images: {' × '.join(map(str, splits.input_shape))}; "
        + ", ".join(f"{count:,} {name}" for name, count in _sizes(splits).items())
        + f". The teacher has {model.count_params():,} parameters ({keras.backend.backend()}).",
    ]


def check_fit(model, splits, class_map=None):
    """Refuses a teacher whose input or classes are not the data's."""
    shape, classes = tuple(model.input_shape[1:]), len(splits.class_names)
    if any(a is not None and a != b for a, b in zip(shape, splits.input_shape, strict=False)) or (
        len(shape) != len(splits.input_shape)
    ):
        raise ValueError(
            f"The teacher takes images of {shape}, and the data's are {tuple(splits.input_shape)}. "
            "Set `data.image_size` to what the teacher takes."
        )
    outputs = model.output_shape[-1] if class_map is None else len(class_map)
    if outputs != classes:
        raise ValueError(
            f"The teacher has {outputs} classes, and the data has {classes}: "
            f"{', '.join(splits.class_names)}. Expected as many of one as of the other; "
            "`teacher.class_map` picks the outputs that belong to the data's classes."
        )


def _sizes(splits):
    sizes = splits.sizes
    return sizes if isinstance(sizes, dict) else sizes._asdict()

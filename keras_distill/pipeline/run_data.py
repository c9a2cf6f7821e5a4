"""The data of a configuration."""


def load_data(configuration):
    """`kd.datasets.load` with the configuration's values."""
    from keras_distill.datasets.load import load

    data = configuration.data
    augment = None
    if data.augmentation is not None:
        augment = _augmentation(data.augmentation, configuration.seed)
    splits = load(
        data.name,
        batch_size=data.batch_size,
        data_dir=data.data_dir,
        image_size=None if data.image_size is None else tuple(data.image_size),
        augment=augment,
        seed=configuration.seed,
    )
    if splits.input_shape == ():
        raise ValueError(
            f"`data.name`: '{splits.name}' holds texts. Expected images, or `recipe: transfer` in "
            "the configuration, which is for texts."
        )
    return splits


def _augmentation(settings, seed):
    import keras

    layers = []
    if settings.horizontal_flip:
        layers.append(keras.layers.RandomFlip("horizontal", seed=seed))
    if settings.shift:
        layers.append(
            keras.layers.RandomTranslation(
                settings.shift, settings.shift, fill_mode="constant", seed=seed
            )
        )
    return keras.Sequential(layers) if layers else None

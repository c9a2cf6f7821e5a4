class PreparedLayer:
    """Marks the layers that a verb of `keras_distill.compression` puts into a model.

    A technique's own layers inherit from it: the other techniques refuse a model that holds one,
    and need not know whose it is (`prepared_layers`).
    """

"""The preprocessor that a model carries with it."""

import keras


def own_preprocessor(model):
    """What makes a model's numbers of texts, where the model knows it itself.

    Args:
        model: A `keras.Model`; a KerasHub task of texts has its tokenizer in `.preprocessor`,
            one of images or sound an equally named thing that is none of texts.

    Returns:
        The preprocessor, or None.
    """
    own = getattr(model, "preprocessor", None)
    layer = isinstance(own, keras.layers.TextVectorization)
    return own if layer or getattr(own, "tokenizer", None) is not None else None

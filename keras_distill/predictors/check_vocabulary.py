"""Whether a model has a row for every word."""

import keras


def check_vocabulary(model, preprocessor):
    """Raises where a preprocessor knows more words than any Embedding of the model has rows.

    Args:
        model: A `keras.Model`.
        preprocessor: What makes ids of texts; one that does not tell its vocabulary is not
            judged.

    Raises:
        ValueError: The vocabulary is too large.
    """
    tokenizer = getattr(preprocessor, "tokenizer", preprocessor)
    if not hasattr(tokenizer, "vocabulary_size"):
        return
    known = int(tokenizer.vocabulary_size())
    layers = [e for e in model._flatten_layers() if isinstance(e, keras.layers.Embedding)]
    if not layers:
        return
    largest = max(layers, key=lambda layer: layer.input_dim)
    if known > largest.input_dim:
        raise ValueError(
            f"The preprocessor knows {known:,} words, but the largest Embedding of {model.name!r}, "
            f"{largest.name!r}, has {largest.input_dim:,} rows: ids beyond them have none. Give "
            "the preprocessor that the model was trained with."
        )

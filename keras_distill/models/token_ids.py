"""The input that the text models of this room share."""

import keras


def token_ids(vocabulary_size, sequence_length, **sizes):
    """An input of token ids, and which of them are real.

    Args:
        vocabulary_size: How many ids there are, padding included; at least 2.
        sequence_length: How many ids make one example; at least 1.
        **sizes: Other arguments of the model that count something; each at least 1.

    Returns:
        `(ids, real)`: int32 `(batch, sequence_length)`, and float `(batch, sequence_length, 1)`
        with 1 for a token and 0 for padding.

    Raises:
        ValueError: An argument is no whole number, or too small.
    """
    check_size("vocabulary_size", vocabulary_size, 2)
    check_size("sequence_length", sequence_length, 1)
    for name, value in sizes.items():
        check_size(name, value, 1)
    ids = keras.Input((sequence_length,), dtype="int32", name="ids")
    real = keras.ops.cast(keras.ops.not_equal(ids, 0), keras.config.floatx())
    return ids, keras.ops.expand_dims(real, -1)


def check_size(name, value, least):
    """ValueError for an argument that is no whole number of at least `least`."""
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise ValueError(
            f"`{name}` must be a whole number of at least {least}. Received: {name}={value!r}."
        )


def check_dropout(dropout):
    """ValueError for a share of values to drop outside [0, 1)."""
    if not 0 <= dropout < 1:
        raise ValueError(
            "`dropout` is the share of values to drop, at least 0 and below 1. "
            f"Received: dropout={dropout!r}."
        )

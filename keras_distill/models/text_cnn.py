"""Kim's convolutional network for sentences."""

import keras
from keras import layers

from keras_distill.models.token_ids import check_dropout, check_size, token_ids


def text_cnn(
    vocabulary_size,
    sequence_length,
    num_classes=2,
    filters=100,
    windows=(3, 4, 5),
    embedding_width=128,
    dropout=0.5,
):
    """Convolutions over token embeddings, the largest value of each, ending in logits.

    Each filter looks for one phrase of a few tokens anywhere in the text. Quick to train,
    and made of what phones are good at.

    Args:
        vocabulary_size: How many ids there are, padding included.
        sequence_length: How many ids make one example; shorter texts are padded with 0
            behind, which changes nothing.
        num_classes: Number of logits. Defaults to 2.
        filters: Of each window. Defaults to 100, as in the paper.
        windows: How many neighbouring tokens the filters see. Defaults to `(3, 4, 5)`, as
            in the paper.
        embedding_width: Numbers for each token. Defaults to 128; the paper has 300, trained
            before on news.
        dropout: Share of values dropped in training before the logits, in [0, 1). Defaults
            to 0.5, as in the paper.

    Returns:
        A `keras.Model`, untrained, from int32 ids `(batch, sequence_length)` to logits
        `(batch, num_classes)`.

    Raises:
        ValueError: A size is no whole number or too small, or `dropout` is outside [0, 1).

    Example:

    ```python
    model = kd.models.text_cnn(1000, sequence_length=16, filters=4, embedding_width=8)
    assert model(np.array([[7, 42, 3] + [0] * 13])).shape == (1, 2)
    ```

    Reference:
        Kim, 2014, Convolutional Neural Networks for Sentence Classification,
        https://arxiv.org/abs/1408.5882
    """
    ids, real = token_ids(
        vocabulary_size,
        sequence_length,
        num_classes=num_classes,
        filters=filters,
        embedding_width=embedding_width,
    )
    if isinstance(windows, int) or not windows:
        raise ValueError(
            "`windows` is a list of one or more numbers of tokens, such as [3, 4, 5]. "
            f"Received: windows={windows!r}."
        )
    for window in windows:
        check_size("windows", window, 1)
    check_dropout(dropout)
    x = layers.Embedding(vocabulary_size, embedding_width, name="embedding")(ids)
    # Padding is as empty as what a convolution sees beyond the ends of a text.
    x = layers.Multiply(name="real_embedding")([x, real])
    found = []
    for window in windows:
        y = layers.Conv1D(
            filters, window, padding="same", activation="relu", name=f"window_{window}"
        )(x)
        # After the ReLU a zero is never above what the text itself gives.
        y = layers.Multiply(name=f"window_{window}_real")([y, real])
        found.append(layers.GlobalMaxPooling1D(name=f"window_{window}_max")(y))
    x = layers.Concatenate(name="phrases")(found) if len(found) > 1 else found[0]
    x = layers.Dropout(dropout, name="dropout")(x)
    return keras.Model(ids, layers.Dense(num_classes, name="logits")(x), name="text_cnn")

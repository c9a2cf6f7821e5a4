"""The single-layer BiLSTM of Tang et al., a student for BERT."""

import keras
from keras import layers

from keras_distill.models.token_ids import check_dropout, token_ids


def bilstm(
    vocabulary_size,
    sequence_length,
    num_classes=2,
    width=150,
    embedding_width=128,
    hidden_width=200,
    dropout=0.3,
):
    """Bidirectional LSTM over token embeddings, ending in logits.

    The last states of both directions, side by side, go through one ReLU layer to the
    logits. It reads the order of the words, which the bag of embeddings does not; a step of
    training takes the longest of the small text models, since it goes word by word.

    Args:
        vocabulary_size: How many ids there are, padding included.
        sequence_length: How many ids make one example; shorter texts are padded with 0
            behind, which changes nothing.
        num_classes: Number of logits. Defaults to 2.
        width: Units of the LSTM in each direction. Defaults to 150; the paper tries 150
            and 300.
        embedding_width: Numbers for each token. Defaults to 128.
        hidden_width: Units of the ReLU layer. Defaults to 200; the paper tries 200 and 400.
        dropout: Share of values dropped in training, of the embeddings and before the
            logits, in [0, 1). Defaults to 0.3.

    Returns:
        A `keras.Model`, untrained, from int32 ids `(batch, sequence_length)` to logits
        `(batch, num_classes)`.

    Raises:
        ValueError: A size is no whole number or too small, or `dropout` is outside [0, 1).

    Example:

    ```python
    model = kd.models.bilstm(1000, sequence_length=16, width=8, embedding_width=8)
    assert model(np.array([[7, 42, 3] + [0] * 13])).shape == (1, 2)
    ```

    Reference:
        Tang et al., 2019, Distilling Task-Specific Knowledge from BERT into Simple Neural
        Networks, https://arxiv.org/abs/1903.12136
    """
    ids, _ = token_ids(
        vocabulary_size,
        sequence_length,
        num_classes=num_classes,
        width=width,
        embedding_width=embedding_width,
        hidden_width=hidden_width,
    )
    check_dropout(dropout)
    x = layers.Embedding(vocabulary_size, embedding_width, mask_zero=True, name="embedding")(ids)
    x = layers.Dropout(dropout, name="embedding_dropout")(x)
    x = layers.Bidirectional(layers.LSTM(width), name="bilstm")(x)
    x = layers.Dense(hidden_width, activation="relu", name="hidden")(x)
    x = layers.Dropout(dropout, name="dropout")(x)
    return keras.Model(ids, layers.Dense(num_classes, name="logits")(x), name="bilstm")

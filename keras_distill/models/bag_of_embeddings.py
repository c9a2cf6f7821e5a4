"""fastText's classifier: the mean of embeddings, of tokens and of pairs of them."""

import keras
from keras import layers, ops

from keras_distill.models.token_ids import check_dropout, check_size, token_ids

_LARGEST = 2**31 - 1


def bag_of_embeddings(
    vocabulary_size,
    sequence_length,
    num_classes=2,
    embedding_width=64,
    bigrams=0,
    dropout=0.0,
):
    """Mean of the embeddings of a text's tokens and pairs of tokens, ending in logits.

    The smallest and fastest text model, and hard to beat on long texts. Tokens alone know no
    order; `bigrams` gives neighbouring pairs embeddings of their own, many pairs to one.

    Args:
        vocabulary_size: How many ids there are, padding included.
        sequence_length: How many ids make one example; shorter texts are padded with 0
            behind, which changes nothing.
        num_classes: Number of logits. Defaults to 2.
        embedding_width: Numbers for each token, and for each pair. Defaults to 64; the paper
            has 10.
        bigrams: How many embeddings the pairs share, by a hash that the model computes
            itself; 0 (default) for tokens alone. The paper has 10 million; 100,000 are
            enough for a few ten thousand sentences.
        dropout: Share of values dropped in training before the logits, in [0, 1). Defaults
            to 0, as in the paper.

    Returns:
        A `keras.Model`, untrained, from int32 ids `(batch, sequence_length)` to logits
        `(batch, num_classes)`. Of a text without tokens the mean is 0.

    Raises:
        ValueError: A size is no whole number or too small, `dropout` is outside [0, 1), or
            there are too many ids for pairs of them to be hashed in 32 bits.

    Example:

    ```python
    model = kd.models.bag_of_embeddings(1000, sequence_length=16, bigrams=500)
    assert model(np.array([[7, 42, 3] + [0] * 13])).shape == (1, 2)
    ```

    Reference:
        Joulin et al., 2017, Bag of Tricks for Efficient Text Classification,
        https://arxiv.org/abs/1607.01759
    """
    ids, real = token_ids(
        vocabulary_size,
        sequence_length,
        num_classes=num_classes,
        embedding_width=embedding_width,
    )
    check_size("bigrams", bigrams, 0)
    check_dropout(dropout)
    x = layers.Embedding(vocabulary_size, embedding_width, name="embedding")(ids)
    if bigrams and sequence_length > 1:
        # A difference, not a sum, because Keras takes a sum of one row for a bias, which .tflite
        # has no whole numbers for.
        hashed = ops.mod(ids[:, :-1] * _multiplier(vocabulary_size, bigrams) - ids[:, 1:], bigrams)
        y = layers.Embedding(bigrams, embedding_width, name="bigram_embedding")(hashed)
        x = layers.Concatenate(axis=1, name="features")([x, y])
        real = layers.Concatenate(axis=1, name="real")([real, real[:, :-1] * real[:, 1:]])
    total = ops.sum(layers.Multiply(name="real_features")([x, real]), axis=1)
    # One token at least, so that an empty text is no division by zero.
    x = layers.Multiply(name="mean")([total, 1.0 / ops.maximum(ops.sum(real, axis=1), 1.0)])
    x = layers.Dropout(dropout, name="dropout")(x)
    return keras.Model(ids, layers.Dense(num_classes, name="logits")(x), name="bag_of_embeddings")


def _multiplier(vocabulary_size, buckets):
    """What the first id is multiplied with: pairs of near ids should fall far apart.

    The golden ratio of the buckets spreads multiples most evenly (Knuth, The Art of Computer
    Programming, 6.4), and an odd number does not lose a power of two of them. Above the limit
    the product would leave 32 bits, where what happens depends on the machine.
    """
    limit = _LARGEST // vocabulary_size
    if limit < 3:
        raise ValueError(
            "`bigrams` hashes pairs of ids in 32 bits, which takes a `vocabulary_size` of at most "
            f"{_LARGEST // 3:,}. Received: vocabulary_size={vocabulary_size:,}."
        )
    return (min(round(0.6180339887 * buckets), limit) - 1) | 1

"""Says before training that a preprocessor's ids are not those of a model."""

import keras
import numpy as np

from keras_distill.models.check_token_ids import check_token_ids


def check_vocabulary(model, preprocessor=None):
    """Refuses a preprocessor with more ids than a model has embeddings.

    Beyond its embeddings a model has nothing to look up: TensorFlow stops on a CPU in the
    middle of an epoch, and goes on with zeros on a GPU. Ids that the model has, but that mean
    other words there, show in its accuracy only: `kd.teachers.examine`.

    Args:
        model: A `keras.Model` that is fed what the preprocessor makes.
        preprocessor: A KerasHub preprocessor or a `keras.layers.TextVectorization`. Defaults
            to the model's own, as KerasHub's tasks have one.

    Raises:
        ValueError: An id is beyond the embeddings of a layer that is fed ids, or the
            preprocessor does not tell its vocabulary.

    Example:

    ```python
    words = keras.layers.TextVectorization(vocabulary=["good", "bad"], output_sequence_length=8)
    kd.models.check_vocabulary(kd.models.bilstm(4, sequence_length=8), words)
    try:
        kd.models.check_vocabulary(kd.models.bilstm(3, sequence_length=8), words)
    except ValueError as error:
        assert "Received: the id 3" in str(error)
    ```
    """
    preprocessor = getattr(model, "preprocessor", None) if preprocessor is None else preprocessor
    tokenizer = getattr(preprocessor, "tokenizer", preprocessor)
    if not hasattr(tokenizer, "vocabulary_size"):
        raise ValueError(
            "Expected a preprocessor that tells its vocabulary: a KerasHub preprocessor or a "
            f"TextVectorization layer. Received: {preprocessor!r}. Pass preprocessor=... ."
        )
    number = int(tokenizer.vocabulary_size())
    made = keras.tree.map_structure(keras.ops.convert_to_numpy, preprocessor([""]))
    ids = made["token_ids"] if isinstance(made, dict) else made
    last = np.full(ids.shape, number - 1, "int32")
    # Of a text without a word, a layer without a length of its own makes no id at all.
    last = last if last.size else np.full((1, 1), number - 1, "int32")
    check_token_ids(model, {**made, "token_ids": last} if isinstance(made, dict) else last)

"""A text model with only the word pieces that its texts are made of."""

import unicodedata

import numpy as np

from keras_distill.models.rebuilt_text_model import backbone_of, rebuilt_text_model

_BATCH = 4096


def prune_vocabulary(model, texts):
    """Leaves out of a text model the word pieces that its training texts do not hold.

    The embedding is half of a small BERT and more, and most of its rows are never looked up.
    Kept are the pieces that the texts are split into, the special tokens, and all single
    characters, alone and as endings, so that other words still fall into pieces. The longest
    piece wins, and the longest ones of these texts stay: they are tokenized as before, and
    the model says the same of them.

    Args:
        model: A KerasHub task of WordPiece tokens, with its preprocessor: BERT, DistilBERT
            and their kin.
        texts: The training texts: strings, or a `tf.data.Dataset` of batches of them, alone
            or as `(x, y)`.

    Returns:
        A task of the same class with a preprocessor of its own, whose
        `preprocessor.tokenizer.vocabulary` are the pieces kept, in the old order. The given
        model stays as it is. `kd.footprint.parameters` says how many numbers went.

    Raises:
        ValueError: A model without a WordPiece tokenizer, or no texts.

    Example:

    ```python
    try:
        kd.models.prune_vocabulary(keras.Sequential(), ["a text"])
    except ValueError as error:
        print(error)  # Says which models it knows.
    ```

    Reference:
        Abdaoui, Pradel & Sigel, 2020, Load What You Need: Smaller Versions of Multilingual
        BERT, https://arxiv.org/abs/2010.05609
    """
    tokenizer = getattr(getattr(model, "preprocessor", None), "tokenizer", None)
    kinds = [kind.__name__ for kind in type(tokenizer).__mro__]
    if "WordPieceTokenizer" not in kinds or not hasattr(backbone_of(model), "vocabulary_size"):
        which = "no tokenizer" if tokenizer is None else f"a {type(tokenizer).__name__}"
        raise ValueError(
            "`prune_vocabulary` takes a KerasHub task whose preprocessor has a WordPiece "
            f"tokenizer, such as BertTextClassifier. Received: {type(model).__name__} with "
            f"{which}; other ways of splitting words do not stay the same with fewer pieces."
        )
    texts = _strings(texts)
    words = tokenizer.vocabulary
    before = _pieces(tokenizer, texts)
    kept = set(np.unique(np.concatenate(before)).tolist())
    always = {*tokenizer.special_tokens, tokenizer.oov_token}
    suffix = tokenizer.suffix_indicator
    kept |= {i for i, word in enumerate(words) if word in always or len(_bare(word, suffix)) == 1}
    kept = sorted(kept)
    pruned = _tokenizer(tokenizer, [words[i] for i in kept])
    # A word of no pieces before may have some now, of others than were tried first: those stay.
    after = _pieces(pruned, texts)
    other = [
        text
        for text, old, new in zip(texts, before, after, strict=True)
        if not np.array_equal(old, np.take(kept, new))
    ]
    if other:
        spelt = "\n".join(form for text in other for form in _spellings(text))
        kept = sorted({*kept, *(i for i, word in enumerate(words) if _bare(word, suffix) in spelt)})
        pruned = _tokenizer(tokenizer, [words[i] for i in kept])
    config = {**model.preprocessor.get_config(), "tokenizer": pruned}
    made, resized = rebuilt_text_model(
        model,
        {"vocabulary_size": len(kept)},
        lambda layer: layer.name,
        type(model.preprocessor).from_config(config),
    )
    for target, value in resized:
        sizes = zip(target.shape, value.shape, strict=True)
        axis = next(axis for axis, (new, old) in enumerate(sizes) if new != old)
        target.assign(np.take(value, kept, axis))
    return made


def _strings(texts):
    """A list of Python strings."""
    if isinstance(texts, (str, bytes)):
        texts = []
    elif hasattr(texts, "as_numpy_iterator"):
        batches = (x[0] if isinstance(x, tuple) else x for x in texts.as_numpy_iterator())
        texts = [text for batch in batches for text in batch]
    texts = [text.decode("utf-8") if isinstance(text, bytes) else text for text in texts]
    if not texts or not all(isinstance(text, str) for text in texts):
        raise ValueError(
            "`texts` takes the training texts, at least one: a list of strings, or a "
            "tf.data.Dataset of batches of them, alone or as (x, y)."
        )
    return texts


def _pieces(tokenizer, texts):
    """The ids of each text, a row of whole numbers each."""
    import tensorflow as tf

    # Inside a data set it splits them with tf.text, many times faster than outside.
    batches = tf.data.Dataset.from_tensor_slices(texts).batch(_BATCH).map(tokenizer)
    return [row for rows in batches for row in rows.numpy()]


def _bare(word, suffix):
    return word.removeprefix(suffix)


def _spellings(text):
    """A text as a tokenizer may have it before it looks for pieces."""
    for form in (text, text.lower(), text.casefold()):
        yield form
        marks = unicodedata.normalize("NFD", form)
        yield "".join(each for each in marks if unicodedata.category(each) != "Mn")


def _tokenizer(old, words):
    new = type(old).from_config({**old.get_config(), "vocabulary": words})
    # The one argument that KerasHub leaves out of the configuration.
    new.split_on_cjk = old.split_on_cjk
    return new

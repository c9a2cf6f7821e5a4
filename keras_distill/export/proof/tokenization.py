"""How an app makes a file's inputs of texts, for the manifest, and the vocabulary beside it."""

import hashlib

import keras

from keras_distill.predictors.check_vocabulary import check_vocabulary
from keras_distill.predictors.own_preprocessor import own_preprocessor

_HOLD = ("token_ids", "padding_mask", "segment_ids")


class Tokenization:
    """What is to be written of a preprocessor.

    Args:
        preprocessor: A KerasHub preprocessor with a WordPiece tokenizer, such as
            `BertTextClassifierPreprocessor`; a `keras.layers.TextVectorization` that gives ids;
            or a function, of which nothing can be said but its name.
        inputs: The model's inputs, each with `name` and `key`.
        file: Name of the vocabulary's file.

    Attributes:
        described: A dict for the manifest. `kind` is `"wordpiece"`, `"text_vectorization"` or
            `"function"`; `inputs` says which of the file's inputs holds `token_ids`,
            `padding_mask` or `segment_ids`; `ids` and `tokens` are those of padding, start, end
            and unknown words; `vocabulary` is the file's name, with its `vocabulary_sha256`.
        content: Bytes of the vocabulary's file: one word a line, a line's number, from 0, is its
            id. None for a function.
    """

    def __init__(self, preprocessor, inputs, file):
        self.preprocessor = preprocessor
        told, words = _wordpiece(preprocessor) or _vectorization(preprocessor) or (None, None)
        names = {end.name: _holds(end, inputs) for end in inputs}
        if told is None or None in names.values() or any("\n" in word for word in words):
            name = getattr(preprocessor, "__name__", type(preprocessor).__name__)
            self.described, self.content = {"kind": "function", "name": name}, None
            return
        self.content = "".join(f"{word}\n" for word in words).encode("utf-8")
        self.described = told | {
            "inputs": names,
            "vocabulary": file,
            "vocabulary_size": len(words),
            "vocabulary_sha256": hashlib.sha256(self.content).hexdigest(),
        }


def tokenization_of(model, inputs, preprocessor, texts, file):
    """The `Tokenization` of what makes a model's numbers of texts; None of a model without.

    Args:
        model: The `keras.Model`.
        inputs, file: As in `Tokenization`.
        preprocessor: The one in use, or None.
        texts: Texts that were made into numbers, by the model's own preprocessor where none is
            given; or None.
    """
    if preprocessor is None:
        preprocessor = own_preprocessor(model)
    if preprocessor is None and texts is not None:
        preprocessor = model.preprocessor
    if preprocessor is None:
        return None
    check_vocabulary(model, preprocessor)
    return Tokenization(preprocessor, inputs, file)


def _holds(end, inputs):
    if end.key in _HOLD:
        return end.key
    return "token_ids" if len(inputs) == 1 else None


def _wordpiece(preprocessor):
    tokenizer = getattr(preprocessor, "tokenizer", None)
    # By its name, so that KerasHub need not be imported here.
    kinds = [kind.__name__ for kind in type(tokenizer).__mro__]
    special = [getattr(tokenizer, f"{name}_token_id", None) for name in ("start", "end", "pad")]
    length = getattr(preprocessor, "sequence_length", None)
    if "WordPieceTokenizer" not in kinds or None in special or not length:
        return None
    words = list(tokenizer.get_vocabulary())
    ids = dict(zip(("start", "end", "pad"), map(int, special), strict=True))
    ids["unknown"] = words.index(tokenizer.oov_token)
    told = {
        "kind": "wordpiece",
        "lowercase": tokenizer.lowercase,
        "strip_accents": tokenizer.strip_accents,
        "split": tokenizer.split,
        "split_on_cjk": tokenizer.split_on_cjk,
        "suffix_indicator": tokenizer.suffix_indicator,
        "special_tokens": list(tokenizer.special_tokens)
        if tokenizer.special_tokens_in_strings
        else None,
        "sequence_length": int(length),
        "ids": ids,
        "tokens": {name: words[number] for name, number in ids.items()},
    }
    return told, words


def _vectorization(layer):
    if not isinstance(layer, keras.layers.TextVectorization):
        return None
    config = layer.get_config()
    plain = config["output_mode"] == "int" and not config["ragged"]
    if not plain or callable(config["standardize"]) or callable(config["split"]):
        return None
    words = list(layer.get_vocabulary())
    told = {
        "kind": "text_vectorization",
        "standardize": config["standardize"],
        "split": config["split"],
        "ngrams": config["ngrams"],
        "sequence_length": config["output_sequence_length"],
        "ids": {"pad": 0, "unknown": 1},
        "tokens": {"pad": words[0], "unknown": words[1]},
    }
    return told, words

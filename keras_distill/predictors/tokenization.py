"""What makes a file's inputs of texts, rebuilt from its manifest and the vocabulary beside it."""

import hashlib
import json
import pathlib

import keras


def read_tokenization(manifest):
    """The preprocessor that a manifest describes.

    Args:
        manifest: Path of the manifest; the vocabulary lies beside it. Its `"tokenization"` is a
            dict: `kind` `"wordpiece"` or `"text_vectorization"`, with what `to_tflite` says of
            each.

    Returns:
        A function from a list of str to `{input: array}`; None where there is no manifest, or it
        describes nothing that can be rebuilt.

    Raises:
        FileNotFoundError: The vocabulary is not there.
        ValueError: The vocabulary is not the one that the manifest describes, or the manifest is
            of another version.
        ImportError: WordPiece needs KerasHub.
    """
    manifest = pathlib.Path(manifest)
    if not manifest.exists():
        return None
    told = json.loads(manifest.read_text(encoding="utf-8")).get("tokenization")
    if told is None or told["kind"] == "function":
        return None
    if told["kind"] not in ("wordpiece", "text_vectorization"):
        raise ValueError(
            f"{str(manifest)!r} describes a tokenization of the kind {told['kind']!r}. Expected "
            "'wordpiece' or 'text_vectorization': update keras_distill, or give `preprocessor`."
        )
    words = read_vocabulary(manifest.with_name(pathlib.Path(told["vocabulary"]).name), told)
    return (WordPiece if told["kind"] == "wordpiece" else Vectorization)(told, words)


def read_vocabulary(path, told):
    """The words of a vocabulary file, checked against its manifest; a line's number is its id."""
    if not path.exists():
        raise FileNotFoundError(
            f"The vocabulary {str(path)!r} is missing, which makes numbers of texts. Copy it along "
            "with the model, or give `preprocessor`."
        )
    content = path.read_bytes()
    received = hashlib.sha256(content).hexdigest()
    if received != told["vocabulary_sha256"]:
        raise ValueError(
            f"{str(path)!r} is not the vocabulary that the manifest describes. Expected sha256 "
            f"{told['vocabulary_sha256']}. Received: {received}. Copy it again from where the "
            "model was exported."
        )
    # Not `splitlines`: a word may hold what Unicode counts as the end of a line.
    return content.decode("utf-8").split("\n")[:-1]


class _Tokenization:
    """Fills a file's inputs with the ids of texts, their mask and zeros."""

    def __init__(self, told, words):
        self.sequence_length = told["sequence_length"]
        self._pad = told["ids"]["pad"]
        self._inputs = told["inputs"]
        self._words = words

    def get_vocabulary(self):
        """The words; a word's place is its id."""
        return self._words

    def _filled(self, ids):
        ids = keras.ops.convert_to_numpy(ids).astype("int32")
        made = {
            "token_ids": ids,
            "padding_mask": (ids != self._pad).astype("int32"),
            "segment_ids": ids * 0,
        }
        return {name: made[holds] for name, holds in self._inputs.items()}


class WordPiece(_Tokenization):
    """WordPiece with a start and an end around each text, as a BERT is fed."""

    # How many of the ids are no text's own.
    around = 2

    def __init__(self, told, words):
        super().__init__(told, words)
        try:
            import keras_hub
        except ImportError as error:
            raise ImportError(
                "Texts are cut into word pieces by KerasHub, which is not installed. Install it "
                'with pip install "keras-distill[nlp]".'
            ) from error
        self.tokenizer = keras_hub.tokenizers.WordPieceTokenizer(
            vocabulary=words,
            lowercase=told["lowercase"],
            strip_accents=told["strip_accents"],
            split=told["split"],
            split_on_cjk=told["split_on_cjk"],
            suffix_indicator=told["suffix_indicator"],
            oov_token=told["tokens"]["unknown"],
            special_tokens=told["special_tokens"],
            special_tokens_in_strings=told["special_tokens"] is not None,
        )
        self._packer = keras_hub.layers.StartEndPacker(
            sequence_length=self.sequence_length,
            start_value=told["ids"]["start"],
            end_value=told["ids"]["end"],
            pad_value=self._pad,
        )

    def __call__(self, texts):
        return self._filled(self._packer(self.tokenizer(texts)))


class Vectorization(_Tokenization):
    """Whole words, or characters, by `keras.layers.TextVectorization`."""

    def __init__(self, told, words):
        super().__init__(told, words)
        # The first two are the padding and the unknown, which the layer adds itself.
        self.layer = keras.layers.TextVectorization(
            standardize=told["standardize"],
            split=told["split"],
            ngrams=told["ngrams"],
            output_sequence_length=self.sequence_length,
            vocabulary=words[2:],
        )

    def __call__(self, texts):
        return self._filled(self.layer(texts))

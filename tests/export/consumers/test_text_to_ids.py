"""export/python/text_to_ids.py makes the ids that KerasHub and Keras make, on odd texts too."""

import importlib.util
import json
import pathlib
import re
import types
import unicodedata

import keras
import numpy as np
import pytest

from keras_distill.export.proof.tokenization import Tokenization
from keras_distill.predictors.tokenization import read_tokenization

SCRIPT = pathlib.Path(__file__).resolve().parents[3] / "export" / "python" / "text_to_ids.py"
ODD = [
    "", " ", "\t\n ", "A good film!", "Good,good... (good)", "éÉ naïve café", "cafe\u0301",
    "straße STRASSE ﬁlm ﬃ", "电影很好good电影", "好", "x" * 99, "x" * 100, "x" * 101, "é" * 51,
    "a\u00a0b", "a\u3000b", "a\u200bb\u200d", "I ❤️ it 👍🏽", "ﬀ½Ⅳ", "İstanbul", "ΣΑΣ ς",
    "don't—stop…«ok»", "a\u2028b\u2029c\x85d\x0be", "[CLS] good [SEP]", "##good", "goodgoodfilm",
    "filmx", "한국어 영화", "かなカナ", "\ufeffgood", "\x00good\x07", "a\u00adb", "$^`~|<>=+",
    "٣٤ हिन्दी", "\U000e0041good", "\u115fgood", "good\ufe0ffilm", "𠀀good", "\ud7ff",
    "a good film " * 20,
]  # fmt: skip


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("text_to_ids", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def ends(*names):
    return [types.SimpleNamespace(name=name, key=name) for name in names]


def written(folder, preprocessor, *inputs):
    """A manifest and a vocabulary as an export writes them, without the export."""
    told = Tokenization(preprocessor, ends(*inputs), "m.tflite.vocab.txt")
    (folder / "m.tflite.vocab.txt").write_bytes(told.content)
    manifest = folder / "m.tflite.manifest.json"
    manifest.write_text(json.dumps({"tokenization": told.described}), encoding="utf-8")
    return folder / "m.tflite", manifest


def vocabulary():
    """Every character of the odd texts, at the start of a word and inside, and a few words."""
    folded = unicodedata.normalize("NFKC", " ".join(ODD).casefold()) + " ".join(ODD)
    characters = sorted({c for c in folded if c.isprintable() and c != " " and c not in "xé3"})
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "good", "##good", "film", "café", "é"]
    words += ["##é", "x", "##x", "i̇stanbul", "##lm", "don", "\u2028"]
    return list(dict.fromkeys([*words, *characters, *(f"##{c}" for c in characters)]))


@pytest.mark.parametrize(
    "options",
    [
        {"lowercase": True},
        {"lowercase": False},
        {"lowercase": True, "strip_accents": True},
        {"lowercase": True, "split_on_cjk": False},
    ],
)
def test_word_pieces_as_keras_hubs(script, tmp_path, options):
    keras_hub = pytest.importorskip("keras_hub")
    tokenizer = keras_hub.models.BertTokenizer(vocabulary=vocabulary(), **options)
    preprocessor = keras_hub.models.BertTextClassifierPreprocessor(tokenizer, sequence_length=24)
    names = ("token_ids", "padding_mask", "segment_ids")
    path, manifest = written(tmp_path, preprocessor, *names)
    expected = {name: np.asarray(values) for name, values in preprocessor(ODD).items()}
    assert len(np.unique(expected["token_ids"])) > 80
    mine = script.Tokenizer(path)
    rebuilt = read_tokenization(manifest)(ODD)
    for i, text in enumerate(ODD):
        made = mine(text)
        for name in names:
            assert made[name] == expected[name][i].tolist(), (text, name)
    for name in names:
        np.testing.assert_array_equal(rebuilt[name], expected[name])


@pytest.mark.parametrize("standardize", ["lower_and_strip_punctuation", "lower", None])
@pytest.mark.parametrize("split", ["whitespace", "character"])
def test_whole_words_as_text_vectorization(script, tmp_path, standardize, split):
    words = [
        "good",
        "film",
        "café",
        "dont—stop…«ok»",
        "x",
        "好",
        "é",
        "o",
        "a",
        "Good,good...",
        "!",
    ]
    layer = keras.layers.TextVectorization(
        standardize=standardize, split=split, output_sequence_length=9, vocabulary=words
    )
    path, manifest = written(tmp_path, layer, "words")
    expected = np.asarray(layer(ODD))
    mine = script.Tokenizer(path)
    for text, ids in zip(ODD, expected, strict=True):
        assert mine(text) == {"words": ids.tolist()}, text
    np.testing.assert_array_equal(read_tokenization(manifest)(ODD)["words"], expected)


def test_check_counts_texts_with_other_ids(script, tmp_path, capsys):
    layer = keras.layers.TextVectorization(output_sequence_length=3, vocabulary=["good", "film"])
    path, _ = written(tmp_path, layer, "words")
    golden = {
        "texts": ["a good film", "Good!"],
        "inputs": [{"name": "words", "values": [[1, 2, 3], [2, 0, 0]]}],
    }
    path.with_name("m.tflite.golden.json").write_text(json.dumps(golden))
    assert script.main(path, "--check") == 0
    golden["inputs"][0]["values"][1][0] = 3
    path.with_name("m.tflite.golden.json").write_text(json.dumps(golden))
    assert script.main(path, "--check") == 1
    assert capsys.readouterr().out.splitlines() == [
        "2 golden texts, 0 with other ids",
        "2 golden texts, 1 with other ids",
    ]


def test_what_it_cannot_make(script, tmp_path):
    layer = keras.layers.TextVectorization(
        ngrams=2, output_sequence_length=3, vocabulary=["good", "film"]
    )
    path, _ = written(tmp_path, layer, "words")
    with pytest.raises(ValueError, match="^" + re.escape("Cannot make ids as m.tflite needs")):
        script.Tokenizer(path)

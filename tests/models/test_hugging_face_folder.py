import json
import re
import types

import pytest

from keras_distill.models.hugging_face_folder import HuggingFaceFolder

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "good"]


def written(folder, words=6, tokenizer=None, **changes):
    config = {
        "architectures": ["BertForSequenceClassification"],
        "model_type": "bert",
        "vocab_size": words,
        "id2label": {"1": "good", "0": "bad"},
    }
    (folder / "config.json").write_text(json.dumps({**config, **changes}))
    (folder / "vocab.txt").write_text("\n".join(WORDS) + "\n")
    if tokenizer is not None:
        (folder / "tokenizer_config.json").write_text(json.dumps(tokenizer))
    return folder


def refused(kind, sentence, folder):
    with pytest.raises(kind, match="^" + re.escape(sentence) + "$"):
        HuggingFaceFolder(folder)


def test_names_in_the_order_of_their_numbers(tmp_path):
    labels = {str(i): f"class {i}" for i in reversed(range(12))}
    source = HuggingFaceFolder(written(tmp_path, id2label=labels))
    assert source.class_names == [f"class {i}" for i in range(12)]


@pytest.mark.parametrize("labels", [{"1": "good", "2": "bad"}, {}, None])
def test_names_that_do_not_count(labels, tmp_path):
    source = HuggingFaceFolder(written(tmp_path, id2label=labels))
    sentence = (
        f"Expected `id2label` to name the classes 0, 1, … Received: {labels or {}} in "
        f"{tmp_path / 'config.json'}."
    )
    with pytest.raises(ValueError, match="^" + re.escape(sentence) + "$"):
        source.class_names  # noqa: B018


@pytest.mark.parametrize(
    "settings, lowercase, strip",
    [
        (None, True, True),
        ({"do_lower_case": False}, False, False),
        ({"do_lower_case": True, "strip_accents": False}, True, False),
        ({"do_lower_case": True, "strip_accents": None}, True, True),
    ],
)
def test_capitals_and_accents_as_hugging_face_has_them(settings, lowercase, strip, tmp_path):
    models = types.SimpleNamespace(BertTokenizer=lambda *args, **kwargs: (args, kwargs))
    source = HuggingFaceFolder(written(tmp_path, tokenizer=settings))
    (file,), found = source.tokenizer(models)
    assert file == str(tmp_path / "vocab.txt")
    assert found == {"lowercase": lowercase, "strip_accents": strip}


@pytest.mark.parametrize(
    "changes, received",
    [
        ({"architectures": ["BertForTokenClassification"]}, "BertForTokenClassification"),
        ({"architectures": None}, "no architecture"),
        (
            {"model_type": "t5", "architectures": ["T5ForSequenceClassification"]},
            "T5ForSequenceClassification",
        ),
    ],
)
def test_no_classifier_of_texts(changes, received, tmp_path):
    refused(
        ValueError,
        "Expected the folder of a text classifier, one of BertForSequenceClassification, "
        "DistilBertForSequenceClassification, RobertaForSequenceClassification. Received: "
        f"{received} in {tmp_path}. Of a model without a classifier's head, KerasHub's "
        "from_preset(folder, num_classes=...) gives you one to train.",
        written(tmp_path, **changes),
    )


@pytest.mark.parametrize(
    "name, value, expected",
    [
        ("hidden_act", "relu", "'gelu'"),
        ("position_embedding_type", "relative_key", "'absolute'"),
        ("type_vocab_size", 1, "2"),
    ],
)
def test_what_keras_hub_does_not_build(name, value, expected, tmp_path):
    refused(
        ValueError,
        f"KerasHub builds Bert with {name} {expected} only. Received: {name} {value!r} in "
        f"{tmp_path / 'config.json'}.",
        written(tmp_path, **{name: value}),
    )


@pytest.mark.parametrize("words", [5, 134])
def test_a_vocabulary_that_does_not_match_the_weights(words, tmp_path):
    refused(
        ValueError,
        f"The vocabulary does not match the weights: expected one of {words} words, as many as "
        f"the embedding has rows. Received: 6 words in {tmp_path / 'vocab.txt'}. Take the file "
        "that the model was trained with.",
        written(tmp_path, words),
    )


def test_a_size_that_was_rounded_up(tmp_path):
    assert HuggingFaceFolder(written(tmp_path, 128)).class_names == ["bad", "good"]


def test_missing_files(tmp_path):
    refused(
        FileNotFoundError,
        f"Expected config.json in the folder {tmp_path}. Received: [].",
        tmp_path,
    )
    (written(tmp_path) / "vocab.txt").unlink()
    refused(
        FileNotFoundError,
        f"Expected vocab.txt in the folder {tmp_path}. Received: ['config.json'].",
        tmp_path,
    )


def test_where_the_tensors_are(tmp_path):
    pytest.importorskip("safetensors", reason="needs the package safetensors")
    import numpy as np
    from safetensors.numpy import save_file

    save_file({"a": np.zeros(2), "b": np.ones(2)}, written(tmp_path) / "model.safetensors")
    file = tmp_path / "model.safetensors"
    assert HuggingFaceFolder(tmp_path).tensors() == {"a": file, "b": file}
    (tmp_path / "model.safetensors.index.json").write_text(
        json.dumps({"weight_map": {"a": "model.safetensors", "b": "gone.safetensors"}})
    )
    with pytest.raises(FileNotFoundError, match="^Expected gone.safetensors in the folder "):
        HuggingFaceFolder(tmp_path).tensors()

import json
import math
import re

import numpy as np
import pytest

from keras_distill.models import hugging_face_classifier

pytest.importorskip("safetensors", reason="needs the package safetensors")

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "film", "good", "cafe", "##s"]
PIECES = {"<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3, "<mask>": 4}
PIECES |= {letter: 5 + i for i, letter in enumerate(["t", "h", "e", "Ġ", "f", "th", "Ġf"])}
WIDTH, INSIDE, HEADS, DEPTH, LONGEST = 6, 8, 2, 2, 9
TEXTS = ["the film", "films good the cafe", ""]
LABELS = {"0": "bad", "1": "good", "2": "neither"}


def tensors(kind, seed=0):
    """Random ones under the names that Hugging Face's three classes give them."""
    rng = np.random.default_rng(seed)
    made = {}

    def add(name, *shape):
        made[name] = (0.4 * rng.normal(size=shape)).astype("float32")

    def linear(name, out, given):
        add(f"{name}.weight", out, given)
        add(f"{name}.bias", out)

    def norm(name):
        add(f"{name}.weight", WIDTH)
        add(f"{name}.bias", WIDTH)

    offset = 2 if kind == "roberta" else 0
    words = len(PIECES) if kind == "roberta" else len(WORDS)
    add(f"{kind}.embeddings.word_embeddings.weight", words, WIDTH)
    add(f"{kind}.embeddings.position_embeddings.weight", LONGEST + offset, WIDTH)
    if kind != "distilbert":
        add(f"{kind}.embeddings.token_type_embeddings.weight", 1 + (kind == "bert"), WIDTH)
    norm(f"{kind}.embeddings.LayerNorm")
    for i in range(DEPTH):
        for ours, theirs in PARTS[kind == "distilbert"].items():
            name = LAYER[kind == "distilbert"].format(kind, i) + theirs
            if ours.endswith("norm"):
                norm(name)
            else:
                linear(name, *{"up": (INSIDE, WIDTH), "down": (WIDTH, INSIDE)}.get(
                    ours, (WIDTH, WIDTH)
                ))  # fmt: skip
    if kind == "bert":
        linear("bert.pooler.dense", WIDTH, WIDTH)
        linear("classifier", 3, WIDTH)
    elif kind == "distilbert":
        linear("pre_classifier", WIDTH, WIDTH)
        linear("classifier", 3, WIDTH)
    else:
        linear("classifier.dense", WIDTH, WIDTH)
        linear("classifier.out_proj", 3, WIDTH)
    return made


LAYER = ["{}.encoder.layer.{}.", "{}.transformer.layer.{}."]
PARTS = [
    {
        "query": "attention.self.query", "key": "attention.self.key",
        "value": "attention.self.value", "out": "attention.output.dense",
        "first_norm": "attention.output.LayerNorm", "up": "intermediate.dense",
        "down": "output.dense", "second_norm": "output.LayerNorm",
    },
    {
        "query": "attention.q_lin", "key": "attention.k_lin", "value": "attention.v_lin",
        "out": "attention.out_lin", "first_norm": "sa_layer_norm", "up": "ffn.lin1",
        "down": "ffn.lin2", "second_norm": "output_layer_norm",
    },
]  # fmt: skip


def reference(kind, made, ids, real):
    """The logits of one text, after the papers, with the exact GELU."""

    def linear(name, x):
        return x @ made[f"{name}.weight"].T + made[f"{name}.bias"]

    def norm(name, x):
        x = x - x.mean(-1, keepdims=True)
        x = x / np.sqrt((x**2).mean(-1, keepdims=True) + (1e-5 if kind == "roberta" else 1e-12))
        return x * made[f"{name}.weight"] + made[f"{name}.bias"]

    def gelu(x):
        return x * (1 + np.vectorize(math.erf)(x / math.sqrt(2))) / 2

    offset = 2 if kind == "roberta" else 0
    places = made[f"{kind}.embeddings.position_embeddings.weight"][offset:]
    x = made[f"{kind}.embeddings.word_embeddings.weight"][ids] + places[: len(ids)]
    if kind != "distilbert":
        x = x + made[f"{kind}.embeddings.token_type_embeddings.weight"][0]
    x = norm(f"{kind}.embeddings.LayerNorm", x)
    for i in range(DEPTH):
        start = LAYER[kind == "distilbert"].format(kind, i)
        name = {k: start + v for k, v in PARTS[kind == "distilbert"].items()}
        size = WIDTH // HEADS
        q, k, v = (
            linear(name[part], x).reshape(len(ids), HEADS, size)
            for part in ("query", "key", "value")
        )
        scores = np.einsum("qhd,khd->hqk", q, k) / math.sqrt(size)
        scores = np.exp(np.where(real, scores, -1e9))
        seen = np.einsum("hqk,khd->qhd", scores / scores.sum(-1, keepdims=True), v)
        x = norm(name["first_norm"], x + linear(name["out"], seen.reshape(len(ids), WIDTH)))
        x = norm(name["second_norm"], x + linear(name["down"], gelu(linear(name["up"], x))))
    if kind == "bert":
        return linear("classifier", np.tanh(linear("bert.pooler.dense", x[0])))
    if kind == "distilbert":
        return linear("classifier", np.maximum(linear("pre_classifier", x[0]), 0))
    return linear("classifier.out_proj", np.tanh(linear("classifier.dense", x[0])))


def written(folder, kind="bert", made=None, tokenizer=None, labels=LABELS, **changes):
    from safetensors.numpy import save_file

    names = {"bert": "Bert", "distilbert": "DistilBert", "roberta": "Roberta"}
    config = {
        "architectures": [f"{names[kind]}ForSequenceClassification"],
        "model_type": kind,
        "vocab_size": len(PIECES) if kind == "roberta" else len(WORDS),
        "max_position_embeddings": LONGEST + (2 if kind == "roberta" else 0),
        "id2label": labels,
    }
    if kind == "distilbert":
        config |= {"n_layers": DEPTH, "n_heads": HEADS, "dim": WIDTH, "hidden_dim": INSIDE}
        config |= {"dropout": 0.1, "activation": "gelu"}
    else:
        config |= {"num_hidden_layers": DEPTH, "num_attention_heads": HEADS, "hidden_act": "gelu"}
        config |= {"hidden_size": WIDTH, "intermediate_size": INSIDE, "hidden_dropout_prob": 0.1}
        config |= {"type_vocab_size": 1 + (kind == "bert")}
    (folder / "config.json").write_text(json.dumps({**config, **changes}))
    save_file(tensors(kind) if made is None else made, folder / "model.safetensors")
    if kind == "roberta":
        (folder / "vocab.json").write_text(json.dumps(PIECES))
        (folder / "merges.txt").write_text("#version: 0.2\nt h\nĠ f\n", encoding="utf-8")
    else:
        (folder / "vocab.txt").write_text("\n".join(WORDS) + "\n")
    if tokenizer is not None:
        (folder / "tokenizer_config.json").write_text(json.dumps(tokenizer))
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["bert", "distilbert", "roberta"])
def test_logits_are_those_of_the_papers_network_with_its_head(kind, tmp_path):
    # The labels in another order than the numbers: the numbers count.
    labels = dict(reversed(LABELS.items()))
    model = hugging_face_classifier(written(tmp_path, kind, labels=labels))
    assert type(model).__name__.lower() == f"{kind}textclassifier"
    assert model.class_names == ["bad", "good", "neither"]
    texts = ["the f", "the t", ""] if kind == "roberta" else TEXTS
    fed = {key: np.array(value) for key, value in model.preprocessor(texts).items()}
    assert fed["token_ids"].shape == (3, LONGEST)
    expected = [
        reference(kind, tensors(kind), ids, real)
        for ids, real in zip(fed["token_ids"], fed["padding_mask"], strict=True)
    ]
    # KerasHub's BERT has the tanh form of GELU.
    atol = 5e-3 if kind == "bert" else 1e-5
    np.testing.assert_allclose(model(fed), expected, atol=atol)


@pytest.mark.slow
def test_tensors_in_several_files_and_in_half_precision(tmp_path):
    from safetensors.numpy import save_file

    made = {name: value.astype("float16") for name, value in tensors("bert").items()}
    written(tmp_path, made=made)
    (tmp_path / "model.safetensors").unlink()
    files = {f"part_{i}.safetensors": dict(list(made.items())[i::2]) for i in range(2)}
    for file, part in files.items():
        save_file(part, tmp_path / file)
    where = {name: file for file, part in files.items() for name in part}
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps({"weight_map": where}))
    model = hugging_face_classifier(tmp_path, sequence_length=5)
    np.testing.assert_array_equal(
        model.get_layer("logits").kernel, made["classifier.weight"].T.astype("float32")
    )
    assert model.preprocessor.sequence_length == 5


def refused(kind, sentence, folder):
    with pytest.raises(kind, match="^" + re.escape(sentence) + "$"):
        hugging_face_classifier(folder)


@pytest.mark.slow
def test_a_head_that_has_no_place(tmp_path):
    made = tensors("bert")
    made["head.extra"] = made.pop("classifier.bias")
    refused(
        ValueError,
        "The head of BertForSequenceClassification has the tensors classifier.weight, "
        f"classifier.bias beside those that begin with 'bert.'. Received: a file in {tmp_path} "
        "without ['classifier.bias'], and with ['head.extra'], which have no place.",
        written(tmp_path, made=made),
    )
    made = tensors("bert")
    del made["bert.pooler.dense.bias"]
    refused(
        ValueError,
        "The head of BertForSequenceClassification has the tensors classifier.weight, "
        f"classifier.bias beside those that begin with 'bert.'. Received: a file in {tmp_path} "
        "without ['bert.pooler.dense.bias'], and with [], which have no place.",
        written(tmp_path, made=made),
    )


@pytest.mark.slow
def test_more_outputs_than_names(tmp_path):
    refused(
        ValueError,
        "Expected as many names in `id2label` as the classifier has outputs, 3. Received: 2 in "
        f"{tmp_path / 'config.json'}.",
        written(tmp_path, labels={"0": "bad", "1": "good"}),
    )


@pytest.mark.slow
def test_a_pickle_is_not_read(tmp_path):
    (written(tmp_path) / "model.safetensors").rename(tmp_path / "pytorch_model.bin")
    refused(
        ValueError,
        f"Expected model.safetensors in {tmp_path}. Received: pytorch_model.bin, a pickle, which "
        "can run code when it is read. Save the model again with safetensors.",
        tmp_path,
    )

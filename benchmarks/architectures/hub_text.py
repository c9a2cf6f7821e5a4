"""KerasHub's text backbones, two layers each, with averages and a head. Weights are random.

An encoder and a decoder (T5, BART) are given the same words. FNet mixes words by a Fourier
transform, for which LiteRT has no operator: it stands here to be refused by name.
"""

import keras
import numpy as np

from architectures.architecture import Architecture
from architectures.made_up import tokens

_LENGTH, _VOCABULARY = 16, 200
_SIZES = dict(vocabulary_size=_VOCABULARY, num_layers=2, hidden_dim=32, intermediate_dim=64)
_ENCODER = dict(_SIZES, num_heads=4)
_SHORT = dict(_ENCODER, max_sequence_length=_LENGTH)
_GROUPED = dict(_SIZES, num_query_heads=4, num_key_value_heads=2)


def padded(n, seed):
    """Words, and a mask: each example ends somewhere between half and the whole length."""
    words = tokens(_LENGTH, _VOCABULARY)(n, seed)
    ends = np.random.default_rng(seed).integers(_LENGTH // 2, _LENGTH + 1, (n, 1))
    mask = (np.arange(_LENGTH) < ends).astype("int32")
    return words * mask, mask


def _segments(n, seed):
    words, mask = padded(n, seed)
    return {"token_ids": words, "padding_mask": mask, "segment_ids": np.zeros_like(words)}


def _mask(n, seed):
    words, mask = padded(n, seed)
    return {"token_ids": words, "padding_mask": mask}


def _words_and_segments(n, seed):
    words = tokens(_LENGTH, _VOCABULARY)(n, seed)
    return {"token_ids": words, "segment_ids": np.zeros_like(words)}


def _twice(n, seed):
    words, mask = padded(n, seed)
    return {
        "encoder_token_ids": words,
        "encoder_padding_mask": mask,
        "decoder_token_ids": words,
        "decoder_padding_mask": mask,
    }


def _network(family, arguments, samples):
    """The builder: the backbone, averages over the words that are there, ten outputs."""

    def build():
        import keras_hub

        backbone = getattr(keras_hub.models, f"{family}Backbone")(**arguments)
        if family == "T5":
            # KerasHub draws these about 1 with a deviation of 0.05: all words look alike.
            words = backbone.token_embedding.embeddings
            words.assign(keras.random.normal(words.shape, seed=0))
        inputs = {name: keras.Input((_LENGTH,), dtype="int32", name=name) for name in samples(1, 0)}
        x = backbone(inputs)
        if isinstance(x, dict):
            name = "decoder_sequence_output"
            x = x[name if name in x else "sequence_output"]
        mask = inputs.get("padding_mask", inputs.get("decoder_padding_mask"))
        if mask is None:
            x = keras.layers.GlobalAveragePooling1D()(x)
        else:
            mask = keras.ops.expand_dims(keras.ops.cast(mask, "float32"), -1)
            x = keras.ops.sum(x * mask, axis=1) / keras.ops.sum(mask, axis=1)
        return keras.Model(inputs, keras.layers.Dense(10)(x))

    return build


def _row(name, family, samples, **arguments):
    build = _network(family, arguments, samples)
    return Architecture(f"hub_{name}", "text", build, samples, fed="tokens")


HUB_TEXT = [
    _row("bert", "Bert", _segments, **_SHORT),
    _row("roberta", "Roberta", _mask, **_SHORT),
    _row("distil_bert", "DistilBert", _mask, **{**_SHORT, "num_layers": 3}),
    _row("albert", "Albert", _segments, embedding_dim=16, **_SHORT),
    _row("deberta_v3", "DebertaV3", _mask, bucket_size=8, **_SHORT),
    _row(
        "electra",
        "Electra",
        _segments,
        vocab_size=_VOCABULARY,
        num_layers=2,
        num_heads=4,
        hidden_dim=32,
        embedding_dim=16,
        intermediate_dim=64,
        max_sequence_length=_LENGTH,
    ),
    _row("f_net", "FNet", _words_and_segments, max_sequence_length=_LENGTH, **_SIZES),
    _row("gpt2", "GPT2", _mask, **_SHORT),
    _row("opt", "OPT", _mask, **_SHORT),
    _row("gpt_neo_x", "GPTNeoX", _mask, **_SHORT),
    _row("bloom", "Bloom", _mask, **_ENCODER),
    _row("t5", "T5", _twice, **_ENCODER),
    _row("bart", "Bart", _twice, **_SHORT),
    _row("llama", "Llama", _mask, **_GROUPED),
    _row("mistral", "Mistral", _mask, sliding_window=8, **_GROUPED),
    _row("gemma", "Gemma", _mask, head_dim=8, **_GROUPED),
    _row("phi3", "Phi3", _mask, **{**_GROUPED, "num_key_value_heads": 4}),
    _row("qwen", "Qwen", _mask, **{**_GROUPED, "num_key_value_heads": 1}),
]

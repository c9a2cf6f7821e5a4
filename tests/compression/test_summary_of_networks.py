"""What is done to each layer of the networks that TF-MOT refuses, written down."""

import collections

import keras
import pytest

from keras_distill.compression import (
    CentroidInitialization,
    cluster_weights,
    prune_low_magnitude,
    quantize_model,
    summary,
)

layers = keras.layers


def sequence():
    x = signal = keras.Input((16, 3), name="signal")
    x = layers.Conv1D(8, 3, padding="same", use_bias=False, name="conv")(x)
    x = layers.BatchNormalization(name="norm")(x)
    x = layers.ReLU(name="relu")(x)
    x = layers.MaxPooling1D(2, name="pool")(x)
    x = layers.SeparableConv1D(8, 3, activation="relu", name="separable")(x)
    x = layers.GlobalAveragePooling1D(name="average")(x)
    return keras.Model(signal, layers.Dense(4, name="head")(x))


def recurrent():
    x = signal = keras.Input((16, 3), name="signal")
    x = layers.Bidirectional(layers.LSTM(8, return_sequences=True), name="both")(x)
    x = layers.LSTM(8, name="last")(x)
    return keras.Model(signal, layers.Dense(4, name="head")(x))


def clustered(model):
    return cluster_weights(
        model, number_of_clusters=4, cluster_centroids_init=CentroidInitialization.LINEAR
    )


def found(model):
    """{layer: what was done, and behind "- " why nothing was or what stays float}."""
    told = {}
    for path, each in summary(model).items():
        why = each["skipped"] or ("" if each["done"] else "no kernel")
        told[path] = f"{each['done']} - {why}".strip() if why else each["done"]
    return told


FOUR = "clustered, 4 centroids"
NO_RULE = "- the 8-bit scheme has no rule for"


@pytest.mark.parametrize("build, prepare, expected", [
    (sequence, quantize_model, {
        "signal_quantized": "input int8", "conv": "kernel int8", "norm": "fused",
        "relu": "output int8", "pool": "moves values",
        "separable_depthwise": "kernel and output int8", "separable": "kernel and output int8",
        "average": "output int8", "head": "kernel and output int8",
    }),
    (sequence, prune_low_magnitude, {
        "conv": "pruned", "norm": "- no kernel", "relu": "- no kernel", "pool": "- no kernel",
        "separable": "pruned", "average": "- no kernel", "head": "pruned",
    }),
    (sequence, clustered, {
        "conv": FOUR, "norm": "- no kernel", "relu": "- no kernel", "pool": "- no kernel",
        "separable": FOUR, "average": "- no kernel", "head": FOUR,
    }),
    (recurrent, quantize_model, {
        "signal_quantized": "input int8", "both": f"{NO_RULE} Bidirectional",
        "last": f"{NO_RULE} LSTM", "head": "kernel and output int8",
    }),
    (recurrent, prune_low_magnitude, {
        "both": "- TF-MOT has no kernel to prune in Bidirectional",
        "last": "pruned", "head": "pruned",
    }),
    (recurrent, clustered, {"both": FOUR, "last": FOUR, "head": FOUR}),
])  # fmt: skip
def test_sequences(build, prepare, expected):
    assert found(prepare(build())) == expected


def test_transformer(build):
    done = found(quantize_model(build("transformer")))
    norms = {path for path in done if "norm" in path}
    assert {done.pop(path) for path in norms} == {f"output int8 {NO_RULE} LayerNormalization"}
    # Its name inside the attention is one by chance.
    (softmax,) = [path for path in done if path.startswith("attention_0/softmax")]
    assert done.pop(softmax) == "input int8"  # What it puts out has a range that is fixed.
    attention = [path for path in done if path.startswith("attention_0/")]
    assert sorted(attention) == [
        f"attention_0/{name}" for name in ("attention_output", "key", "query", "value")
    ]
    assert {done.pop(path) for path in attention} == {"kernel and output int8"}
    assert done == {
        "words_quantized": "input int8", "attention_0": "inside, attention int8",
        "add_0": "output int8", "up_0": "kernel and output int8",
        "down_0": "kernel and output int8", "sum_0": "output int8", "pool": "output int8",
        "head": "kernel and output int8",
    }  # fmt: skip


@pytest.mark.slow
def test_efficientnet():
    """Swish and the squeeze-and-excite gates: all of it is int8, where TF-MOT refuses."""
    model = keras.applications.EfficientNetB0(input_shape=(32, 32, 3), weights=None, classes=4)
    facts = summary(quantize_model(model))
    assert {path for path, each in facts.items() if each["skipped"]} == set()
    counted = collections.Counter((each["type"], each["done"]) for each in facts.values())
    # 16 blocks, each with a gate of two convolutions; the first block does not expand.
    assert counted == {
        ("QuantizedInput", "input int8"): 1, ("Rescaling", "output int8"): 1,
        ("Normalization", "output int8"): 1, ("ZeroPadding2D", "moves values"): 5,
        ("Conv2D", "kernel int8"): 1 + 15 + 16 + 16 + 1,
        ("DepthwiseConv2D", "kernel int8"): 16, ("Conv2D", "kernel and output int8"): 16,
        ("BatchNormalization", "output int8"): 1 + 15 + 16 + 16 + 1,
        ("Activation", "output int8"): 1 + 15 + 16 + 1, ("Multiply", "output int8"): 16,
        ("GlobalAveragePooling2D", "output int8"): 16 + 1, ("Reshape", "moves values"): 16,
        ("Add", "output int8"): 9, ("Dropout", "moves values"): 9 + 1,
        ("Dense", "kernel int8"): 1,
    }  # fmt: skip

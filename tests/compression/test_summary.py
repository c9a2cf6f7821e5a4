import keras
import numpy as np

from keras_distill.compression import (
    prune_channels,
    prune_low_magnitude,
    quantize_annotate_layer,
    quantize_apply,
    quantize_model,
    summary,
)


def test_quantized_model():
    image = keras.Input((4, 4, 1), name="image")
    x = keras.layers.Conv2D(2, 2, name="conv")(image)
    x = keras.layers.LayerNormalization(name="norm")(x)
    x = keras.layers.Flatten(name="flatten")(x)
    model = keras.Model(image, keras.layers.Dense(2, name="head")(x), name="m")
    model.get_layer("conv").kernel.assign(np.array([1, 0, 0, 1, 0, 1, 1, 0]).reshape(2, 2, 1, 2))
    model.get_layer("head").kernel.assign(np.zeros((18, 2)))
    facts = summary(quantize_model(model, preserve_sparsity=True))
    conv = facts["conv"]
    assert conv["done"] == "kernel and output int8, zeros kept"
    assert (conv["sparsity"], conv["distinct"], conv["bits"]) == (0.5, 2, 8)
    assert conv["bytes"] == 8 * 1 + 2 * 4
    assert facts["norm"]["skipped"] == "the 8-bit scheme has no rule for LayerNormalization"
    assert facts["flatten"]["done"] == "moves values"
    assert facts["image_quantized"]["done"] == "input int8"


def test_print_of_a_pruned_model(build):
    model = build("mlp")
    model.set_weights([np.full(weight.shape, 0.5) for weight in model.get_weights()])
    lines = str(summary(prune_low_magnitude(model))).splitlines()
    assert lines[:4] == [
        "Compression of 'mlp'",
        "layer   type   done    sparsity  distinct  bits  bytes  gzip  MACs",
        "hidden  Dense  pruned      0.0%         1    32    832    31   192",
        "head    Dense  pruned      0.0%         1    32    272    28    64",
    ]


def test_plain_model_has_nothing_done(build):
    facts = summary(build("separable"))
    assert {layer["done"] for layer in facts.values()} == {""}
    assert {layer["skipped"] for layer in facts.values()} == {None}


# Bytes and multiplications are worked by hand: 3 · 3 · 1 · 2 · 36 positions for the stem.
NARROWED_AND_INT8 = """\
Compression of 'net'
layer            type                    done                                sparsity  distinct  bits  bytes  gzip  MACs
image_quantized  QuantizedInput          input int8                                                        8    23
stem             Conv2D                  kernel int8, zeros kept                33.3%         3     8     18    28   648
stem_norm        BatchNormalization      fused                                                            32    30
stem_relu        ReLU                    output int8                                                       0     0
conv             Conv2D                  kernel and output int8, zeros kept      0.0%         2     8     66    28   864
pool             GlobalAveragePooling2D  output int8                                                       0     0
head             Dense                   kernel and output int8, zeros kept     33.3%         3     8     21    27     9
Weights: 145 bytes, 136 bytes gzip; MACs: 1,521
"""  # noqa: E501


def test_print_of_a_narrowed_and_quantized_model():
    image = keras.Input((8, 8, 1), name="image")
    x = keras.layers.Conv2D(4, 3, use_bias=False, name="stem")(image)
    x = keras.layers.BatchNormalization(name="stem_norm")(x)
    x = keras.layers.ReLU(name="stem_relu")(x)
    x = keras.layers.Conv2D(6, 3, name="conv")(x)
    x = keras.layers.GlobalAveragePooling2D(name="pool")(x)
    model = keras.Model(image, keras.layers.Dense(3, name="head")(x), name="net")
    for name in ("stem", "conv", "head"):
        shape = model.get_layer(name).kernel.shape
        values = np.resize([0.0, 1.0, 0.5], np.prod(shape)).reshape(shape)
        model.get_layer(name).kernel.assign(values)
    int8 = quantize_model(prune_channels(model, 0.5), preserve_sparsity=True)
    assert str(summary(int8)).splitlines() == NARROWED_AND_INT8.splitlines()


class Inside(keras.layers.Layer):
    """A composite whose shapes are known, whatever its call does."""

    def build(self, shape):
        self.dense = keras.layers.Dense(shape[-1])
        self.dense.build(shape)

    def compute_output_shape(self, shape):
        return shape


class Branching(Inside):
    def call(self, inputs):
        return self.dense(inputs) if inputs.numpy().sum() > 0 else inputs


class OwnMessage(Inside):
    def call(self, inputs):
        raise RuntimeError("Only outside of graphs.\nA second line.")


class NoKernel(keras.layers.Layer):
    def build(self, shape):
        self.norm = keras.layers.LayerNormalization()
        self.norm.build(shape)

    def call(self, inputs):
        return self.norm(inputs)


def test_a_composite_that_cannot_be_followed_says_what_stopped_it():
    words = keras.Input((4,))
    x = Branching(name="branching")(words)
    x = OwnMessage(name="own")(x)
    x = NoKernel(name="norm")(x)
    model = keras.Model(words, keras.layers.Dense(2, name="head")(x))
    facts = summary(quantize_model(model))
    assert {path: each["skipped"] for path, each in facts.items() if each["skipped"]} == {
        "branching": "its call cannot be followed on symbols: AttributeError, 'SymbolicTensor' "
        "object has no attribute 'numpy'",
        "own": "its call cannot be followed on symbols: RuntimeError, Only outside of graphs",
        "norm": "no layer inside it has a kernel that the 8-bit scheme quantizes",
    }


def test_a_composite_that_was_not_annotated():
    words = keras.Input((3, 4))
    x = keras.layers.MultiHeadAttention(2, 4, name="attention")(words, words)
    x = keras.layers.Flatten()(x)
    x = quantize_annotate_layer(keras.layers.Dense(2, name="head"))(x)
    facts = summary(quantize_apply(keras.Model(words, x)))
    assert facts["attention"]["skipped"] == "it was not annotated"


def test_macs_inside_composites(build):
    for prepare in (quantize_model, prune_low_magnitude):
        facts = summary(prepare(build("transformer")))
        # 6 words of 8 numbers, 2 heads of 4.
        for name in ("query", "key", "value", "attention_output"):
            assert facts[f"attention_0/{name}"]["macs"] == 6 * 8 * 8
        assert facts["up_0"]["macs"] == 6 * 8 * 16
    facts = summary(quantize_model(build("gated")))
    inside = [each["macs"] for path, each in facts.items() if path.startswith("block_1/")]
    assert inside == [8 * 8, 8 * 8 * 9 * 8 * 8, 0, 0]

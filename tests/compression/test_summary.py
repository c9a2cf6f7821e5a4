import keras
import numpy as np

from keras_distill.compression import prune_low_magnitude, quantize_model, summary


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

import keras

from keras_distill.compression.quantization_plan import Placement, plan

layers = keras.layers


def test_no_quantizer_where_int8_kernels_fuse(build):
    placements, reasons = plan(build("residual"))
    found = {layer.name: placement for layer, placement in placements.items()}
    fused, output = Placement(), Placement(output=True)
    assert reasons == {}
    assert found == {
        "conv_1": Placement("per_channel"),
        "norm_1": fused,
        "relu_1": output,
        "conv_2": Placement("per_channel"),
        "norm_2": output,
        "add": fused,
        "relu_2": output,
        "pool": output,
        "head": Placement("per_tensor", output=True),
    }


def test_a_convolution_with_two_consumers_does_not_fold():
    image = keras.Input((8, 8, 1))
    conv = layers.Conv2D(4, 3, name="conv")(image)
    norm = layers.BatchNormalization(name="norm")(conv)
    model = keras.Model(image, layers.Add()([conv, norm]))
    placements, reasons = plan(model)
    assert placements[model.get_layer("conv")].output
    assert reasons == {
        model.get_layer("norm"): ("no convolution of its own directly before it to be folded into")
    }


def test_reasons_name_what_has_no_rule():
    image = keras.Input((8, 8, 1))
    x = layers.LayerNormalization(name="norm")(image)
    x = layers.Conv2D(4, 3, activation="selu", name="conv")(x)
    model = keras.Model(image, layers.Dense(2, name="dense")(x))
    _, reasons = plan(model)
    assert {layer.name: reason for layer, reason in reasons.items()} == {
        "norm": "the 8-bit scheme has no rule for LayerNormalization",
        "conv": "the 8-bit scheme has no rule for the activation selu",
        "dense": "int8 conversion leaves a Dense layer on more than two axes float",
    }

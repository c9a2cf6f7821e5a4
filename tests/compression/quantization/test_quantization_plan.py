import keras

from keras_distill.compression.quantization.quantization_plan import Placement, plan

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
        "flatten": fused,
        "head": Placement("per_tensor", output=True),
    }


def test_a_normalization_after_two_consumers_stands_alone():
    image = keras.Input((8, 8, 1))
    conv = layers.Conv2D(4, 3, name="conv")(image)
    norm = layers.BatchNormalization(name="norm")(conv)
    model = keras.Model(image, layers.Add()([conv, norm]))
    placements, reasons = plan(model)
    assert placements[model.get_layer("conv")].output
    assert placements[model.get_layer("norm")] == Placement(output=True, standalone=True)
    assert reasons == {}


def concatenated(also=None, count=2):
    image = keras.Input((8, 8, 1))
    x = layers.AveragePooling2D(1, name="stem")(image)
    branches = [layers.AveragePooling2D(1, name=f"branch_{i}")(x) for i in range(count)]
    outputs = [layers.Concatenate(name="concatenate")(branches)]
    if also:
        outputs.append(also(branches[0]))
    model = keras.Model(image, outputs)
    placements, _ = plan(model)
    return [placements[model.get_layer(f"branch_{i}")].output for i in range(count)]


def test_what_feeds_a_concatenation_alone_keeps_its_values_for_it():
    assert concatenated() == [False, False]


def test_concatenation_is_all_or_none_as_in_tfmot():
    assert concatenated(also=layers.ReLU()) == [True, True]


def test_seven_inputs_are_more_than_tfmots_patterns_know():
    assert concatenated(count=7) == [True] * 7


def test_softmax_behind_a_reshape_is_fed_int8_already():
    image = keras.Input((8,))
    x = layers.Reshape((4,))(layers.Dense(4)(image))
    model = keras.Model(image, layers.Activation("softmax", name="softmax")(x))
    assert plan(model)[0][model.get_layer("softmax")] == Placement()


def test_a_float_island_gives_out_a_range_for_the_layer_it_feeds():
    image = keras.Input((8,))
    x = layers.LayerNormalization(name="norm")(layers.Dense(4)(image))
    model = keras.Model(image, layers.Dense(2)(x))
    placements, reasons = plan(model)
    norm = model.get_layer("norm")
    assert placements[norm] == Placement(output=True)
    assert reasons == {norm: "the 8-bit scheme has no rule for LayerNormalization"}


def test_a_layer_of_a_float_activation_is_quantized_up_to_it():
    model = keras.Sequential([keras.Input((8,)), layers.Dense(4, activation="selu")])
    placements, _ = plan(model)
    assert placements[model.layers[0]] == Placement("per_tensor", True, True)


def test_only_chosen_layers_and_what_feeds_them_alone():
    image = keras.Input((8,))
    x = layers.Dense(4, name="first")(image)
    x = layers.Dense(4, name="second")(x)
    model = keras.Model(image, layers.Dense(2, name="third")(x))
    placements, reasons = plan(model, {model.get_layer("third")})
    found = {layer.name: placement for layer, placement in placements.items()}
    assert found == {
        "second": Placement(output=True),
        "third": Placement("per_tensor", output=True),
    }
    assert {layer.name for layer in reasons} == {"first", "second"}


def test_reasons_name_what_has_no_rule():
    image = keras.Input((8, 8, 1))
    x = layers.LayerNormalization(name="norm")(image)
    x = layers.Conv2D(4, 3, activation="selu", name="conv")(x)
    model = keras.Model(image, layers.Dense(2, name="dense")(x))
    _, reasons = plan(model)
    assert {layer.name: reason for layer, reason in reasons.items()} == {
        "norm": "the 8-bit scheme has no rule for LayerNormalization",
        "conv": "the 8-bit scheme has no rule for the activation selu",
    }

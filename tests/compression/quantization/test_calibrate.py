import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_distill.compression import (
    calibrate,
    prune_low_magnitude,
    quantize_annotate_layer,
    quantize_annotate_model,
    quantize_apply,
    quantize_model,
)


def images(count=320, high=1.0):
    return np.random.default_rng(0).uniform(0, high, (count, 8)).astype("float32")


@pytest.fixture
def mlp():
    keras.utils.set_random_seed(0)
    return keras.Sequential([
        keras.Input((8,)),
        keras.layers.Dense(16, activation="relu", name="hidden"),
        keras.layers.Dense(4, name="head"),
    ])  # fmt: skip


def ends(model, layer, name="output"):
    return [float(end) for end in model.get_layer(layer)._ranges[name]]


@pytest.mark.parametrize("recipe", ["int8", "int16x8"])
def test_ranges_are_the_mean_of_each_batchs_smallest_and_largest_value(mlp, recipe):
    data = images(high=40.0)
    batches = np.split(data, 5)
    head = [np.asarray(mlp(batch)) for batch in batches]
    hidden = [np.maximum(x @ w + b, 0) for w, b in [mlp.layers[0].get_weights()] for x in batches]
    prepared = quantize_model(mlp, recipe=recipe)
    calibrate(prepared, tf.data.Dataset.from_tensor_slices(batches), verbose=False)
    expected = {
        "hidden": (0.0, np.mean([values.max() for values in hidden])),
        "head": (np.mean([x.min() for x in head]), np.mean([x.max() for x in head])),
    }
    for name, (low, high) in expected.items():
        if recipe == "int16x8":
            # TF-MOT's symmetric range of one batch, then the mean.
            values = hidden if name == "hidden" else head
            high = np.mean([np.abs(x).max() for x in values])
            low = -high
        # The kernels are rounded to 8 bits by then, and so is what is in front.
        np.testing.assert_allclose(ends(prepared, name), (low, high), rtol=0.02, atol=1e-6)
    taken = next(layer for layer in prepared.layers if hasattr(layer, "range_max"))
    np.testing.assert_allclose(taken.range_max, data.max(), rtol=1e-6)


def test_without_training_the_model_predicts_what_the_float_one_does(mlp):
    prepared = quantize_model(mlp)
    data = images()
    calibrate(prepared, data, verbose=False)
    error = np.abs(prepared.predict(data, verbose=0) - mlp.predict(data, verbose=0))
    # A step of the output's 256 levels; the mean of the largest values cuts a few off.
    step = (ends(prepared, "head")[1] - ends(prepared, "head")[0]) / 255
    assert error.mean() < step


def test_nothing_but_ranges_changes():
    keras.utils.set_random_seed(0)
    image = keras.Input((8, 8, 1))
    x = keras.layers.Conv2D(4, 3)(image)
    x = keras.layers.BatchNormalization()(x)
    x = keras.layers.ReLU()(x)
    x = keras.layers.Flatten()(keras.layers.Dropout(0.5, seed=1)(x))
    prepared = quantize_model(keras.Model(image, keras.layers.Dense(4)(x)))
    before = {w.path: np.array(w) for w in prepared.variables}
    calibrate(prepared, np.random.default_rng(0).random((64, 8, 8, 1), "float32"), verbose=False)
    changed = {w.path for w in prepared.variables if (np.array(w) != before[w.path]).any()}
    ranges = {path for path in before if path.endswith(("min", "max"))}
    assert {path for path in ranges if path.endswith("max")} <= changed <= ranges


def test_layer_in_two_places_has_the_mean_of_both():
    image = keras.Input((8,))
    shared = keras.layers.Dense(8, activation="relu", name="shared", kernel_initializer="identity")
    outputs = keras.layers.Add()([shared(image), shared(shared(image))])
    prepared = quantize_model(keras.Model(image, outputs))
    prepared.get_layer("shared").layer.kernel.assign(3.0 * np.eye(8))
    calibrate(prepared, np.ones((32, 8), "float32"), verbose=False)
    # In each of three calls: 3, and 9 for the one that is fed by another.
    calls = len(prepared.get_layer("shared")._inbound_nodes)
    highest = ends(prepared, "shared")[1]
    np.testing.assert_allclose(highest, (3.0 * (calls - 1) + 9.0) / calls, rtol=0.02)


def test_training_goes_on_from_there_by_tfmots_rule(mlp):
    prepared = quantize_model(mlp)
    calibrate(prepared, images(high=40.0), verbose=False)
    high = ends(prepared, "hidden")[1]
    prepared(np.zeros((1, 8), "float32"), training=True)
    np.testing.assert_allclose(ends(prepared, "hidden")[1], 0.999 * high, rtol=1e-5)
    calibrate(prepared, images(high=40.0), verbose=False)
    np.testing.assert_allclose(ends(prepared, "hidden")[1], high, rtol=1e-6)


def test_inside_a_composite_and_a_nested_model():
    image = keras.Input((3, 8))
    attended = keras.layers.MultiHeadAttention(2, 4, name="attention")(image, image)
    inner = keras.Sequential([keras.Input((3, 8)), keras.layers.Dense(4, name="inside")])
    model = keras.Model(image, inner(attended))
    prepared = quantize_model(model)
    data = np.random.default_rng(0).random((32, 3, 8), "float32")
    calibrate(prepared, data, verbose=False)
    left = [
        weight.path
        for weight in prepared.weights
        if weight.path.endswith(("min", "max")) and weight.shape == () and abs(weight) == 6.0
    ]
    assert left == []
    np.testing.assert_allclose(prepared(data), model(data), atol=0.05)


def test_quantizers_of_ones_own_configuration_move_too(mlp):
    from keras_distill.compression import MovingAverageQuantizer, QuantizeConfig

    @keras.saving.register_keras_serializable("test_calibrate")
    class OutputOnly(QuantizeConfig):
        def get_output_quantizers(self, layer):
            return [MovingAverageQuantizer(8, False, False, False)]

    annotated = keras.Sequential([
        keras.Input((8,)),
        quantize_annotate_layer(keras.layers.Dense(4, name="own"), OutputOnly()),
        keras.layers.Dense(4, name="head"),
    ])  # fmt: skip
    prepared = quantize_apply(quantize_annotate_model(annotated))
    calibrate(prepared, images(64), verbose=False)
    highs = [w for w in prepared.get_layer("own").weights if w.path.endswith("max")]
    assert highs and all(float(high) < 6.0 for high in highs)


class Batches(keras.utils.PyDataset):
    def __len__(self):
        return 5

    def __getitem__(self, index):
        return images()[64 * index : 64 * index + 64], np.zeros(64)


def test_data_in_every_form_that_fit_takes(mlp):
    def calibrated(data):
        prepared = quantize_model(mlp)
        calibrate(prepared, data, verbose=False)
        return ends(prepared, "hidden") + ends(prepared, "head")

    x, y = images(), np.zeros(320)
    small = calibrated(x)
    assert calibrated((x, y)) == small
    assert calibrated(tf.data.Dataset.from_tensor_slices((x, y)).batch(32)) == small
    large = calibrated(np.split(x, 5))
    assert calibrated(Batches()) == large != small


def test_two_inputs():
    first, second = keras.Input((8,), name="first"), keras.Input((8,), name="second")
    sums = keras.layers.Add(name="sum")([first, second])
    model = keras.Model({"first": first, "second": second}, keras.layers.Dense(2)(sums))
    prepared = quantize_model(model)
    ones = np.ones((40, 8), "float32")
    calibrate(prepared, {"first": ones, "second": 2 * ones}, verbose=False)
    np.testing.assert_allclose(ends(prepared, "sum")[1], 3.0, rtol=0.01)


def test_progress_is_shown(mlp, capsys):
    calibrate(quantize_model(mlp), [(each, 0) for each in np.split(images(), 10)])
    assert "10/Unknown" in capsys.readouterr().out
    calibrate(quantize_model(mlp), images())
    assert "10/10" in capsys.readouterr().out


@pytest.mark.parametrize("prepare", [
    lambda model: model,
    prune_low_magnitude,
    lambda model: quantize_model(model, recipe="dynamic_range"),
])  # fmt: skip
def test_model_without_ranges(mlp, prepare):
    model = prepare(mlp)
    with pytest.raises(ValueError) as error:
        calibrate(model, images())
    assert str(error.value) == (
        "`calibrate` expects a model whose activations have ranges, as "
        "`keras_distill.compression.quantize_model` makes it with the recipes 'int8' and "
        f"'int16x8'. Received: {model.name!r}, with none."
    )


def test_no_data(mlp):
    with pytest.raises(ValueError) as error:
        calibrate(quantize_model(mlp), images()[:0], verbose=False)
    assert str(error.value) == (
        "`data` holds no batch. Expected at least one: give some of the training data."
    )


def test_data_that_is_not_finite(mlp):
    data = images()
    data[50, 3] = np.nan
    prepared = quantize_model(mlp)
    with pytest.raises(ValueError) as error:
        calibrate(prepared, data, verbose=False)
    assert str(error.value) == (
        "`data` holds values that are not finite. A range cannot hold NaN or infinity: remove "
        "those examples."
    )
    assert np.isfinite(ends(prepared, "head")).all()

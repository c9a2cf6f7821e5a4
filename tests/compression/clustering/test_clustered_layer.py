import os
import subprocess
import sys
import textwrap

import keras
import numpy as np
import pytest

from keras_distill.compression import ClusteredLayer, cluster_weights, strip_clustering
from keras_distill.compression.clustering.clusterable_kernels import CLUSTERABLE_NAMES


def test_configuration_goes_round():
    inner = keras.layers.Conv2D(3, 2, name="c")
    layer = ClusteredLayer(inner, 5, "LINEAR", True, True, "AVG", trainable=False)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    assert again.get_config() == layer.get_config()
    assert (again.cluster_per_channel, again.cluster_gradient_aggregation) == (True, "AVG")


def test_only_conv2d_is_clustered_per_channel():
    assert not ClusteredLayer(
        keras.layers.Dense(3), 5, cluster_per_channel=True
    ).cluster_per_channel


def test_a_frozen_layer_stays_frozen():
    layer = ClusteredLayer(keras.layers.Dense(3, trainable=False), 4)
    layer.build((None, 5))
    assert layer.trainable_weights == []


@pytest.mark.parametrize(
    "inner, shape",
    [
        (keras.layers.LSTM(4, dropout=0.5, seed=1), (3, 4)),
        (keras.layers.Bidirectional(keras.layers.GRU(4)), (3, 4)),
        (keras.layers.SimpleRNN(4, return_sequences=True), (3, 4)),
        (keras.layers.Conv1DTranspose(4, 2), (3, 4)),
        (keras.layers.SeparableConv1D(4, 2), (3, 4)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_other_layers_train_and_are_stripped(inner, shape):
    keras.utils.set_random_seed(1)
    layer = ClusteredLayer(inner, 6)
    model = keras.Sequential([keras.Input(shape), layer, keras.layers.Flatten()])
    model.compile(keras.optimizers.SGD(0.1), "mse", run_eagerly=True)
    values = np.random.default_rng(0).normal(size=(8, *shape)).astype("float32")
    targets = np.ones((8, *model.output_shape[1:]))
    before = layer.clustered()
    model.fit(values, targets, epochs=2, verbose=0)
    for name, kernel in layer.clustered().items():
        assert len(np.unique(kernel)) <= 6, name
        assert np.abs(kernel - before[name]).max() > 1e-6, name
    stripped = strip_clustering(model)
    np.testing.assert_array_equal(stripped(values), model(values))


def test_dropout_inside_draws_anew_and_activity_is_penalized():
    layer = ClusteredLayer(
        keras.layers.LSTM(4, dropout=0.5, seed=1, activity_regularizer=keras.regularizers.L2(1.0)),
        4,
    )
    values = np.ones((2, 3, 4), "float32")
    one, other = layer(values, training=True), layer(values, training=True)
    assert np.abs(one - other).max() > 1e-4
    assert float(sum(layer.losses)) > 0


def test_an_embedding_hands_its_mask_on():
    model = keras.Sequential(
        [
            keras.Input((4,), dtype="int32"),
            ClusteredLayer(keras.layers.Embedding(10, 3, mask_zero=True), 4),
            keras.layers.LSTM(2),
        ]
    )
    # The tokens behind the mask must not matter, so neither may how many there are.
    short, long = model(np.array([[5, 6, 0, 0]])), model(np.array([[5, 6]]))
    np.testing.assert_allclose(short, long, atol=1e-6)


def test_a_layer_without_a_kernel():
    with pytest.raises(ValueError) as caught:
        ClusteredLayer(keras.layers.ReLU(name="r"), 4)
    assert str(caught.value) == (
        f"`ClusteredLayer` expects a layer of one of these types: {CLUSTERABLE_NAMES}. Received: "
        "<ReLU name=r, built=True>. Leave it unwrapped; it trains and predicts as it is."
    )


def test_an_unknown_start():
    with pytest.raises(ValueError) as caught:
        ClusteredLayer(keras.layers.Dense(2), 4, "KMEANS")
    assert str(caught.value) == (
        "`cluster_centroids_init` must be one of LINEAR, RANDOM, DENSITY_BASED, KMEANS_PLUS_PLUS. "
        "Received: 'KMEANS'. Pass for example "
        "`keras_distill.compression.CentroidInitialization.LINEAR`."
    )


def test_an_unknown_aggregation():
    with pytest.raises(ValueError) as caught:
        ClusteredLayer(keras.layers.Dense(2), 4, cluster_gradient_aggregation="MAX")
    assert str(caught.value) == (
        "`cluster_gradient_aggregation` must be 'SUM' or 'AVG'. Received: 'MAX'. Pass 'SUM', "
        "TF-MOT's default."
    )


REPLICAS = """
    import keras, numpy as np, tensorflow as tf
    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
    import keras_distill as kd
    c, layers, rng = kd.compression, keras.layers, np.random.default_rng(0)
    x, y = rng.normal(size=(64, 6, 6, 2)).astype("float32"), rng.integers(0, 4, 64)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    with tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]).scope():
        keras.utils.set_random_seed(0)
        model = keras.Sequential([keras.Input((6, 6, 2)), layers.Conv2D(4, 3), layers.Flatten(),
            layers.Dense(4)])
        model.layers[0].kernel.assign(model.layers[0].kernel * (model.layers[0].kernel > 0))
        clustered = c.cluster_weights(model, 5, preserve_sparsity=True, cluster_per_channel=True)
        clustered.compile(keras.optimizers.SGD(0.05, momentum=0.9), loss)
    before = np.array(clustered.layers[0]._clustered["kernel"].centroids.numpy())
    clustered.fit(x, y, batch_size=16, epochs=2, shuffle=False, verbose=0)
    kernel = clustered.layers[0]._clustered["kernel"]
    assert np.abs(kernel.centroids.numpy() - before).max() > 1e-4
    for variable in (kernel.centroids, kernel.pulling_indices, kernel.kernel):
        first, second = (each.numpy() for each in variable.value.values)
        np.testing.assert_array_equal(first, second)
"""


@pytest.mark.slow
def test_centroids_are_equal_on_both_replicas():
    command = [sys.executable, "-c", textwrap.dedent(REPLICAS)]
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]


def test_a_recurrent_layer_takes_its_states(tmp_path):
    words, states = keras.Input((3, 4)), [keras.Input((2,)), keras.Input((2,))]
    lstm = keras.layers.LSTM(2, return_state=True, name="lstm")
    model = keras.Model([words, *states], lstm(words, initial_state=states))
    clustered = cluster_weights(model, 6)
    layer = clustered.get_layer("lstm")
    for kernel, name in zip(layer.kernels, layer.clustered(), strict=True):
        kernel.assign(layer.clustered()[name])
    alone = keras.models.clone_model(model)
    alone.set_weights([*(layer.clustered()[name] for name in layer.clustered()),
                       layer.layer.cell.bias])  # fmt: skip
    rng = np.random.default_rng(0)
    values = [rng.normal(size=shape).astype("float32") for shape in ((5, 3, 4), (5, 2), (5, 2))]
    for one, other in zip(clustered(values), alone(values), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)
    zeros = [values[0], values[1] * 0, values[2] * 0]
    assert np.abs(np.subtract(clustered(values)[0], clustered(zeros)[0])).max() > 0.01
    clustered.save(tmp_path / "clustered.keras")
    loaded = keras.models.load_model(tmp_path / "clustered.keras")
    for one, other in zip(clustered(values), loaded(values), strict=True):
        np.testing.assert_array_equal(one, other)
    for one, other in zip(strip_clustering(loaded)(values), loaded(values), strict=True):
        np.testing.assert_array_equal(one, other)

import os
import subprocess
import sys
import textwrap

import keras
import numpy as np
import pytest

from keras_distill import _tfmot
from keras_distill.compression import (
    ClusteredComposite,
    cluster_weights,
    strip_clustering,
    summary,
)
from keras_distill.compression.clustering.clustered_kernel import ClusteredKernel
from keras_distill.compression.graph.inner_layers import inner_layers

LOSS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
layers = keras.layers


@keras.saving.register_keras_serializable(package="tests")
class Pair(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.hidden, self.last = layers.Dense(16, activation="relu"), layers.Dense(4)

    def call(self, inputs):
        return self.last(self.hidden(inputs))


def data(shape, count=32):
    rng = np.random.default_rng(0)
    return rng.random((count, *shape), dtype="float32"), rng.integers(0, 4, count)


def distinct(array):
    return len(np.unique(array))


def attention_network(layers=layers, start=keras.Input, make=keras.Model):
    words = start((5, 8), name="words")
    # By keyword: TF-MOT's wrapper takes a second positional argument for the training flag.
    seen = layers.MultiHeadAttention(2, 4, name="attention")(words, value=words)
    x = layers.Flatten(name="flatten")(layers.Add(name="add")([words, seen]))
    return make(words, layers.Dense(4, name="head")(x), name="small")


def prune_by_hand(model, share=0.3):
    for weight in model.weights:
        if len(weight.shape) > 1:
            values = np.array(weight)
            values[np.abs(values) < np.quantile(np.abs(values), share)] = 0
            weight.assign(values)


@pytest.mark.parametrize(
    "sparse, alike",
    [
        pytest.param(False, True, id="clusters", marks=pytest.mark.slow),
        pytest.param(True, True, id="zeros too"),
        pytest.param(False, False, id="with Keras 3's einsum", marks=pytest.mark.slow),
    ],
)
def test_ten_steps_equal_tfmots_multi_head_attention(sparse, alike, monkeypatch):
    import tensorflow as tf

    if alike:
        # Keras 3 computes both by other operations than Keras 2, whose gradients round apart.
        monkeypatch.setattr("keras.src.ops.einsum", tf.einsum)
        monkeypatch.setattr("keras.src.ops.add", tf.add)
    keras.utils.set_random_seed(3)
    model = attention_network()
    if sparse:
        prune_by_hand(model)
    _ = _tfmot.ClusteringAlgorithm  # TF-MOT comes in by the one door before Keras 2 does
    import tf_keras
    from tensorflow_model_optimization.python.core.clustering.keras import cluster

    twin = attention_network(tf_keras.layers, tf_keras.Input, tf_keras.Model)
    twin.set_weights(model.get_weights())
    ours = cluster_weights(model, 4, "LINEAR", preserve_sparsity=sparse)
    theirs = cluster._cluster_weights(
        twin, 4, _tfmot.CentroidInitialization["LINEAR"], sparse, False
    )
    composite, wrapper = ours.get_layer("attention"), theirs.get_layer("cluster_attention")
    parts = dict(zip(composite.paths, composite.parts, strict=True))
    assert sorted(parts) == ["_key_dense", "_output_dense", "_query_dense", "_value_dense"]

    def check(limit):
        for path, part in parts.items():
            kernel, name = part._clustered["kernel"], f"{path}.kernel"
            pairs = {
                "centroids": (kernel.centroids, wrapper.cluster_centroids[name]),
                "indices": (kernel.pulling_indices, wrapper.pulling_indices[name]),
                "kernel": (kernel.kernel, wrapper.original_clusterable_weights[name]),
            }
            if sparse:
                pairs["mask"] = (kernel.sparsity_mask, wrapper.sparsity_masks[name])
            for what, (one, other) in pairs.items():
                one = keras.ops.convert_to_numpy(one)
                np.testing.assert_allclose(one, other.numpy(), 0, limit, err_msg=f"{path} {what}")

    check(0.0)
    starts = [np.array(part._clustered["kernel"].centroids.numpy()) for part in parts.values()]
    optimizers = [one.SGD(0.05, momentum=0.9) for one in (keras.optimizers, tf_keras.optimizers)]
    losses = [LOSS, tf_keras.losses.SparseCategoricalCrossentropy(from_logits=True)]
    rng = np.random.default_rng(1)
    for _ in range(10):
        x, y = rng.normal(size=(8, 5, 8)).astype("float32"), rng.integers(0, 4, 8)
        for one, optimizer, loss in zip((ours, theirs), optimizers, losses, strict=True):
            with tf.GradientTape() as tape:
                value = loss(y, one(x, training=True))
            weights = one.trainable_weights
            gradients = tape.gradient(value, weights)
            optimizer.apply_gradients(zip(gradients, weights, strict=True))
    limit = 0.0 if alike else 1e-6
    check(limit)
    for part, start in zip(parts.values(), starts, strict=True):
        assert np.abs(part._clustered["kernel"].centroids.numpy() - start).max() > 0.01
    stripped = inner_layers(strip_clustering(ours).get_layer("attention"))
    cluster.strip_clustering(theirs)  # puts the clustered kernels into its variables
    for path in parts:
        other = wrapper.original_clusterable_weights[f"{path}.kernel"].numpy()
        kernel = np.asarray(stripped[path].kernel)
        np.testing.assert_allclose(kernel, other, 0, limit, err_msg=path)
        assert distinct(kernel) <= 4


def test_inside_it_is_what_the_same_layers_are_outside():
    # Outside, they are TF-MOT's own to the bit: test_cluster_weights.
    composite = keras.Sequential([keras.Input((12,)), Pair(name="pair")])
    flat = keras.Sequential([keras.Input((12,)), Pair().hidden, Pair().last])
    flat.set_weights(composite.get_weights())
    x, y = data((12,))
    clustered = [cluster_weights(model, 5) for model in (composite, flat)]
    for model in clustered:
        model.compile("adam", LOSS, run_eagerly=True)
        model.fit(x, y, batch_size=8, shuffle=False, verbose=0)
    inside = dict(zip(clustered[0].layers[0].paths, clustered[0].layers[0].parts, strict=True))
    for path, outside in zip(("hidden", "last"), clustered[1].layers, strict=True):
        one, other = inside[path]._clustered["kernel"], outside._clustered["kernel"]
        for name in ("centroids", "pulling_indices", "kernel"):
            values = [keras.ops.convert_to_numpy(getattr(each, name)) for each in (one, other)]
            np.testing.assert_array_equal(*values, err_msg=f"{path} {name}")
    np.testing.assert_array_equal(clustered[0](x), clustered[1](x))


@pytest.mark.parametrize(
    "attention, weights",
    [
        (layers.MultiHeadAttention(2, 4, name="attention"), 64),
        (layers.GroupQueryAttention(8, 2, 2, name="attention"), 128),
    ],
    ids=["multi-head", "grouped"],
)
def test_as_many_clusters_as_weights_predict_as_the_original(attention, weights):
    keras.utils.set_random_seed(2)
    words = keras.Input((6, 8))
    model = keras.Model(words, attention(words, words))

    def each(layer):
        return layer if isinstance(layer, layers.InputLayer) else cluster_weights(layer, weights)

    clustered = keras.models.clone_model(model, clone_function=each)
    parts = clustered.get_layer("attention").parts
    assert [distinct(np.asarray(part.kernels[0])) for part in parts] == [weights] * 4
    x = data((6, 8), 3)[0]
    np.testing.assert_array_equal(clustered(x), model(x))
    np.testing.assert_array_equal(strip_clustering(clustered)(x), model(x))


@pytest.mark.parametrize("name", ["attention", pytest.param("gated", marks=pytest.mark.slow)])
def test_saved_loaded_and_trained_on_equals_the_unbroken_run(name, build, tmp_path, monkeypatch):
    model = attention_network() if name == "attention" else build(name)
    x, y = data(model.input_shape[1:])
    prune_by_hand(model)
    clustered = cluster_weights(model, 6, "RANDOM", preserve_sparsity=True)
    clustered.compile("adam", LOSS, run_eagerly=True)
    clustered.fit(x, y, shuffle=False, verbose=0)
    clustered.save(tmp_path / "clustered.keras")
    with monkeypatch.context() as patch:
        patch.delattr(ClusteredKernel, "start")  # it draws, and refuses fresh constant kernels
        loaded = keras.models.load_model(tmp_path / "clustered.keras")
    np.testing.assert_array_equal(loaded(x), clustered(x))
    for one in (clustered, loaded):
        one.fit(x, y, shuffle=False, verbose=0)
    for old, new in zip(clustered.weights, loaded.weights, strict=True):
        np.testing.assert_array_equal(old, new)
    kinds = [type(layer) for layer in loaded.layers]
    assert kinds == [type(layer) for layer in clustered.layers] and ClusteredComposite in kinds


def test_a_clone_starts_from_the_weights_that_it_draws(build):
    block = type(build("gated").get_layer("block_1"))
    model = keras.Sequential([keras.Input((4, 4, 3)), block(3, name="block")])
    clustered = cluster_weights(model, 4, "LINEAR")
    clone = keras.models.clone_model(clustered)
    for part in clone.get_layer("block").parts:
        assert [distinct(kernel) for kernel in part.clustered().values()] == [4]
    clone.set_weights(clustered.get_weights())
    x = data((4, 4, 3), 2)[0]
    np.testing.assert_array_equal(clone(x), clustered(x))


@pytest.mark.parametrize("name", ["attention", pytest.param("gated", marks=pytest.mark.slow)])
def test_stripped_are_stock_layers_of_few_values(name, build):
    model = attention_network() if name == "attention" else build(name)
    x, y = data(model.input_shape[1:])
    before = [np.array(weight) for weight in model.weights]
    clustered = cluster_weights(model, 5, "DENSITY_BASED")
    clustered.compile(keras.optimizers.SGD(0.1), LOSS, run_eagerly=True)
    clustered.fit(x, y, verbose=0)
    stripped = strip_clustering(clustered)
    assert [type(layer) for layer in stripped.layers] == [type(layer) for layer in model.layers]
    np.testing.assert_array_equal(stripped(x), clustered(x))
    kernels = [weight for weight in stripped.weights if weight.name == "kernel"]
    assert len(kernels) >= 5 and all(distinct(np.asarray(kernel)) <= 5 for kernel in kernels)
    # What the optimizer trains behind them is not clustered; only the strip makes it so.
    behind = next(one for one in clustered.layers if isinstance(one, ClusteredComposite))
    assert distinct(np.asarray(behind.parts[0].kernels[0])) > 5
    for old, new in zip(before, model.weights, strict=True):
        np.testing.assert_array_equal(old, new)


def test_summary_names_what_is_inside(build):
    facts = summary(cluster_weights(build("gated"), 4, cluster_per_channel=True))
    assert facts["block_1"]["done"] == "inside"
    inside = {path: each for path, each in facts.items() if path.startswith("block_1/")}
    done = sorted(each["done"] for each in inside.values())
    assert done == ["", "clustered, 4 centroids", "clustered, 4 centroids per channel"]
    dense = next(each for each in inside.values() if each["type"] == "Dense")
    assert (dense["distinct"], dense["bits"], dense["skipped"]) == (4, 32, None)


def test_a_recurrent_layer_inside_has_one_row():
    class Recurrent(layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.both = layers.Bidirectional(layers.LSTM(3, name="lstm"), name="both")

        def call(self, inputs):
            return self.both(inputs)

    words = keras.Input((4, 5))
    clustered = cluster_weights(keras.Model(words, Recurrent(name="block")(words)), 6, "LINEAR")
    layer = clustered.get_layer("block")
    assert layer.paths == ["both"]
    assert [distinct(kernel) for kernel in layer.parts[0].clustered().values()] == [6] * 4
    rows = [path for path in summary(clustered) if path.startswith("block")]
    assert rows == ["block", "block/both"]
    x = data((4, 5), 2)[0]
    before = clustered(x)
    layer.parts[0].kernels[0].assign(layer.parts[0].kernels[0] * 0)
    assert np.abs(before - clustered(x)).max() > 1e-3


def test_zeros_and_clusters_are_kept_per_channel(build):
    block = type(build("gated").get_layer("block_1"))
    model = keras.Sequential([keras.Input((4, 4, 3)), block(3, name="block"), layers.Flatten()])
    prune_by_hand(model, 0.5)
    zeros = np.asarray(model.get_layer("block").stages[0].kernel) == 0
    clustered = cluster_weights(model, 4, "LINEAR", True, cluster_per_channel=True)
    clustered.compile(keras.optimizers.Adam(0.01), "mse", run_eagerly=True)
    clustered.fit(data((4, 4, 3))[0], np.ones((32, 48)), epochs=2, verbose=0)
    kernel = np.asarray(strip_clustering(clustered).get_layer("block").stages[0].kernel)
    assert np.all(kernel[zeros] == 0) and zeros.mean() > 0.4
    assert max(distinct(kernel[..., channel]) for channel in range(3)) in (3, 4)
    assert distinct(kernel) > 4


def test_masks_pass_through_and_padding_does_not_matter():
    words = keras.Input((None,), dtype="int32")
    x = layers.Embedding(9, 8, mask_zero=True)(words)
    x = layers.MultiHeadAttention(2, 4, name="attention")(x, x)
    clustered = cluster_weights(
        keras.Model(words, layers.GlobalAveragePooling1D()(x)),
        4,
        "LINEAR",
        cluster_per_channel=True,
    )
    assert isinstance(clustered.get_layer("attention"), ClusteredComposite)
    short, long = clustered(np.array([[5, 6]])), clustered(np.array([[5, 6, 0, 0]]))
    np.testing.assert_allclose(short, long, atol=1e-6)


def test_only_training_moves_anything_and_drops():
    x = data((6, 8), 2)[0]
    words = keras.Input((6, 8))
    seen = layers.MultiHeadAttention(2, 4, dropout=0.5, seed=1, name="attention")(words, words)
    layer = cluster_weights(keras.Model(words, seen), 4, "LINEAR").get_layer("attention")
    for part in layer.parts:
        part.kernels[0].assign(np.random.default_rng(1).permuted(np.asarray(part.kernels[0])))
    states = [part._clustered["kernel"].pulling_indices for part in layer.parts]
    before = [keras.ops.convert_to_numpy(state) for state in states]
    same = [np.asarray(layer(x, x)) for _ in range(2)]
    np.testing.assert_array_equal(*same)
    for state, value in zip(states, before, strict=True):
        np.testing.assert_array_equal(state, value)
    drawn = [np.asarray(layer(x, x, training=True)) for _ in range(2)]
    assert np.abs(drawn[0] - drawn[1]).max() > 1e-4
    assert all(not np.array_equal(one, other) for one, other in zip(states, before, strict=True))


def test_half_precision(build):
    keras.config.set_dtype_policy("mixed_float16")
    try:
        model = build("transformer")
        clustered = cluster_weights(model, 4, "LINEAR")
        clustered.compile(keras.optimizers.SGD(0.5), LOSS, run_eagerly=True)
        x, y = data((6, 8))
        start = clustered.get_layer("attention_0").parts[0].clustered()["kernel"]
        history = clustered.fit(x, y, epochs=2, verbose=0).history
    finally:
        keras.config.set_dtype_policy("float32")
    assert np.isfinite(history["loss"]).all()
    assert clustered(x).dtype == "float16"
    values = clustered.get_layer("attention_0").parts[0].clustered()["kernel"]
    assert values.dtype == "float32" and distinct(values) <= 4
    assert np.abs(values - start).max() > 1e-4


def test_what_is_frozen_stays_frozen(build, tmp_path):
    model = build("transformer")
    model.get_layer("attention_0").trainable = False
    clustered = cluster_weights(model, 4, "LINEAR")
    clustered.save(tmp_path / "clustered.keras")
    for one in (clustered, keras.models.load_model(tmp_path / "clustered.keras")):
        inside = {id(weight) for weight in one.get_layer("attention_0").weights}
        assert not any(id(weight) in inside for weight in one.trainable_weights)
        assert len(one.trainable_weights) == 13


def test_configuration_goes_round():
    layer = ClusteredComposite(
        Pair(name="pair"), ["last", "hidden"], 5, "LINEAR", True, True, "AVG", trainable=False
    )
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    assert again.get_config() == layer.get_config()
    assert again.paths == ["hidden", "last"] and not again.trainable
    assert again.arguments == {
        "number_of_clusters": 5,
        "cluster_centroids_init": "LINEAR",
        "preserve_sparsity": True,
        "cluster_per_channel": True,
        "cluster_gradient_aggregation": "AVG",
    }


def refused(function, *arguments, **keywords):
    with pytest.raises(ValueError) as caught:
        function(*arguments, **keywords)
    return str(caught.value)


def test_a_path_that_leads_nowhere():
    layer = ClusteredComposite(Pair(name="pair"), ["first"], 4)
    assert refused(layer, np.ones((1, 12), "float32")) == (
        "`ClusteredComposite` expects paths of layers inside 'pair': hidden, last. Received: "
        "first. Let the verbs of `keras_distill.compression` find the paths."
    )


def test_more_clusters_than_distinct_weights_inside():
    model = keras.Sequential([keras.Input((12,)), Pair(name="pair")])
    pair = model.layers[0]
    pair.hidden.kernel.assign(np.tile([1.0, 2.0, 3.0, 4.0], (12, 4)))
    assert refused(cluster_weights, model, 8) == (
        "`number_of_clusters` must not be above the number of distinct weights of a kernel. "
        "Received: number_of_clusters=8 for the kernel of layer 'pair/hidden', which has 4. Pass "
        "at most 4, or leave this layer out by the `paths` of a `ClusteredComposite`."
    )


def test_fewer_clusters_than_two():
    assert refused(ClusteredComposite, Pair(), ["hidden"], 1) == (
        "`number_of_clusters` must be a whole number of at least 2. Received: "
        "number_of_clusters=1. Pass for example 16."
    )


REPLICAS = """
    import keras, numpy as np, tensorflow as tf
    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
    import keras_distill as kd
    c, layers, rng = kd.compression, keras.layers, np.random.default_rng(0)
    x, y = rng.normal(size=(64, 6, 8)).astype("float32"), rng.integers(0, 4, 64)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    with tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]).scope():
        keras.utils.set_random_seed(0)
        words = keras.Input((6, 8))
        seen = layers.MultiHeadAttention(2, 4, name="attention")(words, words)
        model = keras.Model(words, layers.Dense(4)(layers.Flatten()(seen)))
        clustered = c.cluster_weights(model, 5, preserve_sparsity=True)
        clustered.compile(keras.optimizers.SGD(0.05, momentum=0.9), loss)
    parts = clustered.get_layer("attention").parts
    before = [np.array(part._clustered["kernel"].centroids.numpy()) for part in parts]
    clustered.fit(x, y, batch_size=16, epochs=2, shuffle=False, verbose=0)
    for part, start in zip(parts, before, strict=True):
        kernel = part._clustered["kernel"]
        assert np.abs(kernel.centroids.numpy() - start).max() > 1e-4
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

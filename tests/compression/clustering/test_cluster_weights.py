import keras
import numpy as np
import pytest

import keras_distill as kd
from keras_distill import _tfmot
from keras_distill.compression import (
    CentroidInitialization,
    ClusteredComposite,
    ClusteredLayer,
    cluster_weights,
    prune_low_magnitude,
    quantize_model,
    strip_clustering,
    summary,
)
from keras_distill.compression.clustering.clusterable_kernels import CLUSTERABLE_NAMES

LOSS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def small(architecture):
    if architecture == "mlp":
        layers = [keras.Input((12,)), keras.layers.Dense(16, activation="relu", name="hidden")]
    else:
        layers = [
            keras.Input((8, 8, 1)),
            keras.layers.Conv2D(5, 3, activation="relu", name="conv_1"),
            keras.layers.MaxPooling2D(2, name="pool"),
            keras.layers.Conv2D(2, 2, name="conv_2"),
            keras.layers.Flatten(name="flatten"),
        ]
    keras.utils.set_random_seed(3)
    return keras.Sequential([*layers, keras.layers.Dense(4, name="head")], name=architecture)


def prune_by_hand(model, share=0.3):
    """Zeros where the kernels are smallest, as pruning leaves them."""
    for weight in model.weights:
        if len(weight.shape) > 1:
            values = np.array(weight)
            values[np.abs(values) < np.quantile(np.abs(values), share)] = 0
            weight.assign(values)


def twin_of(model):
    """The same model in tf_keras, with the same weights."""
    _ = _tfmot.ClusteringAlgorithm  # TF-MOT comes in by the one door before anything of Keras 2
    import tf_keras

    twin = tf_keras.Sequential([tf_keras.layers.InputLayer(model.input_shape[1:])])
    for layer in model.layers:
        config = {"name": layer.name}
        for key in ("units", "filters", "kernel_size", "pool_size"):
            if hasattr(layer, key):
                config[key] = getattr(layer, key)
        if hasattr(layer, "activation"):
            config["activation"] = layer.activation.__name__
        twin.add(getattr(tf_keras.layers, type(layer).__name__)(**config))
    twin.set_weights(model.get_weights())
    return twin


def clustered_twin(model, clusters, init, preserve_sparsity, per_channel, aggregation="SUM"):
    twin = twin_of(model)
    from tensorflow_model_optimization.python.core.clustering.keras import cluster

    return cluster._cluster_weights(
        twin,
        clusters,
        _tfmot.CentroidInitialization[init],
        preserve_sparsity,
        per_channel,
        cluster_gradient_aggregation=_tfmot.GradientAggregation[aggregation],
    )


def state(ours, theirs):
    """(name, our value, TF-MOT's) of whatever belongs to a clustered kernel."""
    mine = [layer for layer in ours.layers if isinstance(layer, ClusteredLayer)]
    others = [layer for layer in theirs.layers if getattr(layer, "cluster_centroids", None)]
    assert len(mine) == len(others) >= 2
    for layer, wrapper in zip(mine, others, strict=True):
        kernel = layer._clustered["kernel"]
        pairs = {
            "centroids": (kernel.centroids, wrapper.cluster_centroids["kernel"]),
            "indices": (kernel.pulling_indices, wrapper.pulling_indices["kernel"]),
            "kernel": (kernel.kernel, wrapper.original_clusterable_weights["kernel"]),
        }
        if layer.preserve_sparsity:
            pairs["mask"] = (kernel.sparsity_mask, wrapper.sparsity_masks["kernel"])
            pairs["zero"] = (kernel.zero_index, wrapper.zero_idx["kernel"])
        for name, (one, other) in pairs.items():
            yield f"{layer.name} {name}", keras.ops.convert_to_numpy(one), other.numpy()


STARTS = [
    (member.name, sparse, per_channel)
    for member in CentroidInitialization
    for sparse in (False, True)
    for per_channel in (False, True)
]
FAST_STARTS = [
    ("LINEAR", False, False),
    ("RANDOM", True, False),
    ("DENSITY_BASED", False, False),
    ("KMEANS_PLUS_PLUS", True, True),
]


@pytest.mark.parametrize(
    "init, sparse, per_channel",
    [
        pytest.param(*start, marks=() if start in FAST_STARTS else pytest.mark.slow)
        for start in STARTS
    ],
)
def test_centroids_start_where_tfmots_do(init, sparse, per_channel):
    import tensorflow as tf

    model = small("cnn")
    if sparse:
        prune_by_hand(model)
    tf.random.set_seed(5)
    ours = cluster_weights(model, 4, init, sparse, per_channel)
    tf.random.set_seed(5)
    theirs = clustered_twin(model, 4, init, sparse, per_channel)
    for name, one, other in state(ours, theirs):
        np.testing.assert_array_equal(one, other, err_msg=name)


OPTIMIZERS = {
    "sgd": ("SGD", {"learning_rate": 0.05}),
    "momentum": ("SGD", {"learning_rate": 0.05, "momentum": 0.9}),
    "adam": ("Adam", {"learning_rate": 0.01}),
}


@pytest.mark.parametrize(
    "architecture, optimizer, sparse, per_channel, aggregation",
    [
        ("mlp", "momentum", True, False, "SUM"),
        ("mlp", "adam", False, False, "SUM"),
        pytest.param("mlp", "sgd", False, False, "SUM", marks=pytest.mark.slow),
        pytest.param("mlp", "sgd", False, False, "AVG", marks=pytest.mark.slow),
        pytest.param("mlp", "adam", True, False, "AVG", marks=pytest.mark.slow),
        pytest.param("cnn", "sgd", False, False, "SUM", marks=pytest.mark.slow),
        pytest.param("cnn", "sgd", True, True, "AVG", marks=pytest.mark.slow),
        pytest.param("cnn", "momentum", True, True, "SUM", marks=pytest.mark.slow),
        pytest.param("cnn", "momentum", False, True, "SUM", marks=pytest.mark.slow),
        pytest.param("cnn", "adam", True, False, "SUM", marks=pytest.mark.slow),
    ],
)
def test_twenty_steps_equal_tfmots_on_the_twin(
    architecture, optimizer, sparse, per_channel, aggregation
):
    import tensorflow as tf

    model = small(architecture)
    if sparse:
        prune_by_hand(model)
    arguments = (sparse, per_channel)
    ours = cluster_weights(
        model, 4, "DENSITY_BASED", *arguments, cluster_gradient_aggregation=aggregation
    )
    theirs = clustered_twin(model, 4, "DENSITY_BASED", *arguments, aggregation)
    import tf_keras
    from tensorflow_model_optimization.python.core.clustering.keras import cluster

    def step(model, optimizer, loss, x, y):
        with tf.GradientTape() as tape:
            value = loss(y, model(x, training=True))
        weights = model.trainable_weights
        gradients = tape.gradient(value, weights)
        optimizer.apply_gradients(zip(gradients, weights, strict=True))

    kind, arguments = OPTIMIZERS[optimizer]
    our_optimizer = getattr(keras.optimizers, kind)(**arguments)
    their_optimizer = getattr(tf_keras.optimizers, kind)(**arguments)
    their_loss = tf_keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    rng = np.random.default_rng(1)
    for _ in range(20):
        x = rng.normal(size=(8, *model.input_shape[1:])).astype("float32")
        y = rng.integers(0, 4, 8)
        step(ours, our_optimizer, LOSS, x, y)
        step(theirs, their_optimizer, their_loss, x, y)
    # Under Adam, Keras 2 adds a look-up's gradient to its slots part by part and rounds apart.
    limit = 1e-6 if (optimizer, aggregation) == ("adam", "SUM") else 0.0
    for name, one, other in state(ours, theirs):
        np.testing.assert_allclose(one, other, rtol=0, atol=limit, err_msg=name)
    stripped = cluster.strip_clustering(theirs).get_weights()
    for one, other in zip(strip_clustering(ours).get_weights(), stripped, strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=limit)


def distinct(array):
    return len(np.unique(array))


def test_as_many_clusters_as_weights_predict_as_the_original(build):
    images = np.random.default_rng(0).random((8, 8, 8, 1)).astype("float32")
    model = build("residual")

    def each(layer):
        kernel = getattr(layer, "kernel", None)
        if kernel is None:
            return layer
        return cluster_weights(layer, distinct(np.asarray(kernel)))

    clustered = keras.models.clone_model(model, clone_function=each)
    assert sum(isinstance(layer, ClusteredLayer) for layer in clustered.layers) == 3
    np.testing.assert_array_equal(clustered(images), model(images))
    np.testing.assert_array_equal(strip_clustering(clustered)(images), model(images))


def test_names_stay_and_the_original_is_left_alone(build):
    model = build("plain")
    before = model.get_weights()
    clustered = cluster_weights(model, 8)
    assert [layer.name for layer in clustered.layers] == [layer.name for layer in model.layers]
    assert not any(isinstance(layer, ClusteredLayer) for layer in model.layers)
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_saved_loaded_and_trained_on_equals_the_unbroken_run(build, quadrants, tmp_path):
    images, labels = quadrants(64, 8)
    model = build("residual")
    prune_by_hand(model)
    clustered = cluster_weights(model, 6, "RANDOM", True, cluster_per_channel=True)
    clustered.compile("adam", LOSS, run_eagerly=True)
    clustered.fit(images, labels, shuffle=False, verbose=0)
    clustered.save(tmp_path / "clustered.keras")
    loaded = keras.models.load_model(tmp_path / "clustered.keras")
    np.testing.assert_array_equal(loaded(images), clustered(images))
    for one in (clustered, loaded):
        one.fit(images, labels, shuffle=False, verbose=0)
    for old, new in zip(clustered.weights, loaded.weights, strict=True):
        np.testing.assert_array_equal(old, new)


def test_zeros_and_clusters_are_kept_and_learning_goes_on(build, quadrants):
    images, labels = quadrants(64, 8)
    model = build("plain")
    prune_by_hand(model, 0.5)
    zeros = {name: np.asarray(model.get_layer(name).kernel) == 0 for name in ("conv_2", "head")}
    clustered = cluster_weights(model, 8, preserve_sparsity=True)
    clustered.compile(keras.optimizers.Adam(0.01), LOSS, run_eagerly=True)
    history = clustered.fit(images, labels, batch_size=32, epochs=4, verbose=0).history
    assert history["loss"][-1] < history["loss"][0]
    stripped = strip_clustering(clustered)
    for name, were in zeros.items():
        kernel = np.asarray(stripped.get_layer(name).kernel)
        assert np.all(kernel[were] == 0) and distinct(kernel) <= 8, name
        assert distinct(kernel) >= 6, name


def test_student_of_a_distiller_under_mixed_precision(build, quadrants):
    images, labels = quadrants(64, 8)
    before = keras.config.dtype_policy()
    teacher = build("plain")
    keras.config.set_dtype_policy("mixed_float16")
    try:
        student = cluster_weights(build("plain"), 4)
        distiller = kd.Distiller(teacher, student)
        distiller.compile(keras.optimizers.SGD(0.1), LOSS, run_eagerly=True)
        start = student.get_layer("head").clustered()["kernel"]
        history = distiller.fit(images, labels, epochs=2, verbose=0).history
    finally:
        keras.config.set_dtype_policy(before)
    assert np.isfinite(history["loss"]).all()
    assert student.compute_dtype == student(images).dtype == "float16"
    values = student.get_layer("head").clustered()["kernel"]
    assert values.dtype == "float32" and distinct(values) <= 4
    assert np.abs(values - start).max() > 1e-4


def test_a_layer_and_a_list_of_layers():
    layer = keras.layers.Dense(4)
    layer.build((None, 8))
    one, other = cluster_weights([layer, keras.layers.LSTM(3)], 4, "LINEAR")
    assert one.name == layer.name and one.layer is not layer
    np.testing.assert_array_equal(one.layer.kernel, layer.kernel)
    values = np.ones((2, 5, 8), "float32")
    other(values, training=True)
    assert [distinct(kernel) for kernel in other.clustered().values()] == [4, 4]


def test_nested_models_are_clustered_inside(build):
    model = keras.Sequential([keras.Input((8, 8, 1)), build("residual"), keras.layers.Dense(8)])
    clustered = cluster_weights(model, 8)
    assert isinstance(clustered.layers[0].get_layer("conv_1"), ClusteredLayer)


def test_summary_says_what_was_done_and_why_not(build):
    facts = summary(cluster_weights(build("separable"), 64, "LINEAR", cluster_per_channel=False))
    assert facts["conv"]["done"] == "clustered, 64 centroids"
    assert facts["conv"]["distinct"] <= 64 < 72 == 3 * 3 * 8
    assert facts["depthwise"]["skipped"] == (
        "TF-MOT clusters no depthwise kernels: they lose too much"
    )
    assert facts["head"]["skipped"] == (
        "a kernel of 32 weights was not chosen, or needs no clusters"
    )
    assert facts["norm_1"]["skipped"] is None
    assert facts["conv"]["bytes"] == 4 * 72


def refused(*arguments, **keywords):
    with pytest.raises(ValueError) as caught:
        cluster_weights(*arguments, **keywords)
    return str(caught.value)


@pytest.mark.parametrize("number", [1, 0, 2.0, True])
def test_fewer_clusters_than_two(number, build):
    assert refused(build("mlp"), number) == (
        "`number_of_clusters` must be a whole number of at least 2. Received: "
        f"number_of_clusters={number!r}. Pass for example 16."
    )


def test_fewer_clusters_than_three_with_zero_among_them(build):
    assert refused(build("mlp"), 2, preserve_sparsity=True) == (
        "`number_of_clusters` must be a whole number of at least 3: zero is one of them. Received: "
        "number_of_clusters=2. Pass for example 16."
    )


def test_more_clusters_than_distinct_weights(build):
    model = build("mlp")
    model.get_layer("head").kernel.assign(np.tile([[1.0, 2.0, 3.0, 4.0]], (16, 1)))
    assert refused(model, 8) == (
        "`number_of_clusters` must not be above the number of distinct weights of a kernel. "
        "Received: number_of_clusters=8 for the kernel of layer 'head', which has 4. Pass at most "
        "4, or leave this layer out by `keras.models.clone_model`."
    )


@pytest.mark.parametrize("prepare", [lambda model: cluster_weights(model, 4), prune_low_magnitude])
def test_a_prepared_model(prepare, build):
    prepared = prepare(build("mlp"))
    kind = type(prepared.layers[0]).__name__
    assert refused(prepared, 4) == (
        "`cluster_weights` expects a model that is not prepared yet. Received: 'mlp', whose layer "
        f"'hidden' is a {kind} already. Prune first, call `strip_pruning`, cluster then, call "
        "`strip_clustering`, and quantize last."
    )


def test_a_model_under_quantization(build):
    prepared = quantize_model(build("mlp"))
    sentence = refused(prepared, 4)
    assert sentence.startswith(
        "`cluster_weights` expects a model that is not prepared yet. Received: 'mlp', whose layer "
    )


def test_a_layer_that_is_clustered_already():
    layer = cluster_weights(keras.layers.Dense(4, name="d"), 4)
    assert refused(layer, 4) == (
        "`cluster_weights` expects a layer that is not clustered yet. Received: "
        f"{layer!r}. Pass a stock layer; clustering a layer once is enough."
    )


def test_a_layer_that_tfmot_does_not_cluster():
    for layer in (keras.layers.DepthwiseConv2D(3), keras.layers.ReLU()):
        assert cluster_weights(layer, 4) is layer
    layer = keras.layers.TimeDistributed(keras.layers.Dense(4), name="d")
    layer.build((None, 2, 3))
    assert refused(layer, 4) == (
        f"`cluster_weights` expects a layer of one of these types: {CLUSTERABLE_NAMES}. Received: "
        f"{layer!r}. Leave it out; it trains and predicts as it is."
    )


def attention(heads=2):
    words = keras.Input((6, 8))
    layer = keras.layers.MultiHeadAttention(heads, 4, name="attention")
    return keras.Model(words, layer(words, words), name="network").layers[1]


def test_composite_layers_one_by_one_and_in_a_list(build):
    x = np.ones((2, 6, 8), "float32")
    by_graph, by_build = attention(), keras.layers.MultiHeadAttention(2, 4, name="built")
    by_build.build((None, 6, 8), (None, 6, 8))
    for layer, new in zip(
        (by_graph, by_build), cluster_weights([by_graph, by_build], 4, "LINEAR"), strict=True
    ):
        assert isinstance(new, ClusteredComposite) and new.name == layer.name
        assert new.layer is not layer
        before = new(x, x)
        ends = (
            np.asarray(layer._query_dense.kernel).min(),
            np.asarray(layer._query_dense.kernel).max(),
        )
        part = new.parts[new.paths.index("_query_dense")]
        values = part.clustered()["kernel"]
        # Evenly from the smallest of the trained weights to the largest.
        np.testing.assert_allclose(np.unique(values), np.linspace(*ends, 4), rtol=1e-6)
        np.testing.assert_array_equal(part.kernels[0], layer._query_dense.kernel)
        assert np.abs(before - layer(x, x)).max() > 1e-6


def test_what_is_small_inside_a_composite_is_left_alone(build):
    clustered = cluster_weights(build("gated"), 72, "LINEAR")
    assert clustered.get_layer("block_1").paths == ["stages/0"]
    facts = summary(clustered)
    dense = [each for path, each in facts.items() if "/" in path and each["type"] == "Dense"]
    assert {each["skipped"] for each in dense} == {
        "a kernel of 64 weights was not chosen, or needs no clusters"
    }
    facts = summary(cluster_weights(build("transformer"), 100, "LINEAR"))
    assert facts["attention_0"]["skipped"] == (
        "the kernels inside it were not chosen, or need no clusters"
    )


def test_einsum_dense_on_its_own():
    inputs = keras.Input((3, 4))
    outputs = keras.layers.EinsumDense("abc,cd->abd", (None, 8), name="einsum")(inputs)
    layer = cluster_weights(keras.Model(inputs, outputs), 4).get_layer("einsum")
    assert isinstance(layer, ClusteredLayer) and distinct(layer.clustered()["kernel"]) == 4


def test_a_composite_that_is_not_built():
    layer = keras.layers.MultiHeadAttention(2, 4, name="raw")
    assert refused(layer, 4) == (
        "`cluster_weights` expects a layer made of layers to be built: the values start from its "
        "weights. Received: <MultiHeadAttention name=raw, built=False>. Call it on an input first."
    )


def test_a_composite_with_small_kernels_only():
    assert refused(attention(), 65) == (
        "`cluster_weights` found nothing to cluster in 'attention'. Expected at least one layer of "
        f"these types with 65 weights or more in its kernel: {CLUSTERABLE_NAMES}."
    )


def test_a_composite_that_is_clustered_or_pruned_already(build):
    layer = cluster_weights(attention(), 4, "LINEAR")
    assert refused(layer, 4) == (
        "`cluster_weights` expects a layer that is not clustered yet. Received: "
        f"{layer!r}. Pass a stock layer; clustering a layer once is enough."
    )
    pruned = prune_low_magnitude(build("gated"))
    assert refused(pruned, 4) == (
        "`cluster_weights` expects a model that is not prepared yet. Received: 'gated', whose "
        "layer 'stem' is a PrunedLayer already. Prune first, call `strip_pruning`, cluster then, "
        "call `strip_clustering`, and quantize last."
    )
    block = pruned.get_layer("block_1")
    assert refused(block, 4) == (
        f"`cluster_weights` expects a layer of one of these types: {CLUSTERABLE_NAMES}. Received: "
        f"{block!r}. Leave it out; it trains and predicts as it is."
    )


def test_nothing_to_cluster():
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)], name="bare")
    assert refused(model, 16) == (
        "`cluster_weights` found nothing to cluster in 'bare'. Expected at least one layer of "
        f"these types with 16 weights or more in its kernel: {CLUSTERABLE_NAMES}."
    )


def test_a_model_that_is_not_built():
    assert refused(keras.Sequential([keras.layers.Dense(2)], name="raw"), 4) == (
        "`cluster_weights` expects a built model, whose weights exist. Received: 'raw', not built. "
        "Give it an `keras.Input`, or call `model.build(input_shape)` first."
    )


def test_a_tf_keras_model():
    class Sequential:
        """Stands for Keras 2's class, whose import would cost seconds."""

    Sequential.__module__ = "tf_keras.src.engine.sequential"
    assert refused(Sequential(), 4) == (
        "`cluster_weights` expects a Keras 3 model. Received: 'Sequential' of tf_keras (Keras 2). "
        "Call TF-MOT's own verb on it, or rebuild it with `import keras` and copy its weights with "
        "`set_weights`."
    )

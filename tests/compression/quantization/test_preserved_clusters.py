"""Clusters kept through quantization-aware training, alone (CQAT) and with zeros (PCQAT)."""

import importlib
import json

import keras
import numpy as np
import pytest

from keras_distill import _tfmot
from keras_distill.compression import (
    QuantizedLayer,
    cluster_weights,
    quantize_model,
    strip_clustering,
    summary,
)
from keras_distill.compression.quantization.preserved_clusters import PreservedClusters, clusters_of

LOSS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def prune_by_hand(model, share):
    for weight in model.weights:
        if len(weight.shape) > 1:
            values = np.array(weight)
            values[np.abs(values) < np.quantile(np.abs(values), share)] = 0
            weight.assign(values)


def small(architecture):
    if architecture == "mlp":
        layers = [keras.Input((12,)), keras.layers.Dense(16, activation="relu", name="hidden")]
    else:
        layers = [
            keras.Input((8, 8, 1)),
            keras.layers.Conv2D(5, 3, activation="relu", name="conv_1"),
            keras.layers.MaxPooling2D(2, name="pool"),
            keras.layers.Conv2D(2, 2, activation="relu", name="conv_2"),
            keras.layers.Flatten(name="flatten"),
        ]
    keras.utils.set_random_seed(3)
    return keras.Sequential([*layers, keras.layers.Dense(4, name="head")], name=architecture)


def quantized_twin(model, preserve_sparsity):
    """TF-MOT's own cluster-preserving QAT of the same model in tf_keras."""
    _ = _tfmot.ClusteringAlgorithm
    import tf_keras
    from tensorflow_model_optimization.python.core.quantization.keras import quantize

    keras_of_tfmot = quantize.__name__.rpartition(".")[0]
    schemes = importlib.import_module(
        f"{keras_of_tfmot}.collab_opts.cluster_preserve."
        "default_8bit_cluster_preserve_quantize_scheme"
    )
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
    scheme = schemes.Default8BitClusterPreserveQuantizeScheme(preserve_sparsity)
    return quantize.quantize_apply(quantize.quantize_annotate_model(twin), scheme)


@pytest.mark.parametrize(
    "architecture, sparse",
    [
        pytest.param("cnn", True, marks=pytest.mark.slow),
        pytest.param("mlp", False, marks=pytest.mark.slow),
        ("mlp", True),
        pytest.param("cnn", False, marks=pytest.mark.slow),
    ],
)
def test_twenty_steps_equal_tfmots_on_the_twin(architecture, sparse):
    import tensorflow as tf

    model = small(architecture)
    if sparse:
        prune_by_hand(model, 0.4)
    model = strip_clustering(cluster_weights(model, 6, preserve_sparsity=sparse))
    ours = quantize_model(model, preserve_sparsity=sparse, preserve_clusters=True)
    theirs = quantized_twin(model, sparse)
    import tf_keras

    def step(model, optimizer, loss, x, y):
        with tf.GradientTape() as tape:
            value = loss(y, model(x, training=True))
        weights = model.trainable_weights
        pairs = zip(tape.gradient(value, weights), weights, strict=True)
        # TF-MOT leaves the looked-up kernel among the trainable weights, without a gradient.
        optimizer.apply_gradients([pair for pair in pairs if pair[0] is not None])

    optimizer = keras.optimizers.SGD(0.05, momentum=0.9)
    their_optimizer = tf_keras.optimizers.SGD(0.05, momentum=0.9)
    their_loss = tf_keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    rng = np.random.default_rng(1)
    for _ in range(20):
        x = rng.normal(size=(8, *model.input_shape[1:])).astype("float32")
        y = rng.integers(0, 4, 8)
        step(ours, optimizer, LOSS, x, y)
        step(theirs, their_optimizer, their_loss, x, y)
    compared = 0
    for layer in ours.layers:
        if not isinstance(layer, QuantizedLayer) or not layer.preserve_clusters:
            continue
        wrapper = theirs.get_layer(f"quant_{layer.name}")
        by_name = {weight.name.split("/")[-1].split(":")[0]: weight for weight in wrapper.weights}
        pairs = {
            "cluster_centroids_tf": layer.kernel_quantizer.clusters.centroids,
            "pulling_indices_tf": layer.kernel_quantizer.clusters.pulling_indices,
            "kernel": layer.kernel_quantizer.clusters.clustered,
            "kernel_max": layer.kernel_quantizer.range()[1],
        }
        original = keras.ops.convert_to_numpy(layer.layer.kernel)
        theirs_behind = by_name["ori_weights_vars_tf"].numpy()
        if sparse:
            # Ours stay at zero; theirs move with each step and are put back in the next.
            theirs_behind = theirs_behind * np.asarray(layer.kernel_quantizer.sparsity_mask)
        np.testing.assert_array_equal(original, theirs_behind)
        for name, value in pairs.items():
            value = keras.ops.convert_to_numpy(value)
            # TF-MOT fills up short channels with 1.0, to which a weight could be pulled.
            value = np.where(value == 1e6, 1.0, value)
            np.testing.assert_array_equal(value, by_name[name].numpy(), f"{layer.name} {name}")
        compared += 1
    assert compared == len([layer for layer in model.layers if hasattr(layer, "kernel")])


def distinct(array):
    return len(np.unique(array))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "sparse", [pytest.param(False, marks=pytest.mark.slow), True], ids=["cqat", "pcqat"]
)
def test_clusters_and_zeros_are_in_the_files_own_buffers(sparse, quadrants, tmp_path):
    import tensorflow as tf
    from ai_edge_litert.interpreter import Interpreter

    images, labels = quadrants(64)
    image = keras.Input((16, 16, 1), name="image")
    x = keras.layers.Conv2D(8, 3, use_bias=False, name="conv_1")(image)
    x = keras.layers.BatchNormalization(momentum=0.8, name="norm")(x)
    x = keras.layers.ReLU(name="relu")(x)
    x = keras.layers.MaxPooling2D(2, name="pool")(x)
    x = keras.layers.Conv2D(12, 3, activation="relu", name="conv_2")(x)
    x = keras.layers.Flatten(name="flatten")(x)
    model = keras.Model(image, keras.layers.Dense(4, name="head")(x), name="kept")
    if sparse:
        prune_by_hand(model, 0.5)
    zeros = {
        layer.name: np.asarray(layer.kernel) == 0
        for layer in model.layers
        if hasattr(layer, "kernel")
    }
    model = cluster_weights(model, 6, preserve_sparsity=sparse)
    model.compile("adam", LOSS, run_eagerly=True)
    model.fit(images, labels, verbose=0)
    model = strip_clustering(model)
    model = quantize_model(model, preserve_sparsity=sparse, preserve_clusters=True)
    model.compile("adam", LOSS, run_eagerly=True)
    model.fit(images, labels, epochs=2, verbose=0)
    report = summary(model)
    model.export(tmp_path / "saved_model", verbose=False)
    converter = tf.lite.TFLiteConverter.from_saved_model(str(tmp_path / "saved_model"))
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    interpreter = Interpreter(model_content=converter.convert())
    interpreter.allocate_tensors()
    codes = {}
    for tensor in interpreter.get_tensor_details():
        if np.dtype(tensor["dtype"]).name == "int8" and len(tensor["shape"]) > 1:
            try:
                codes[tuple(tensor["shape"])] = interpreter.get_tensor(tensor["index"])
            except ValueError:
                pass  # No buffer of its own: it lives only while the model runs.
    for name in ("conv_1", "conv_2"):
        # The file has the output channel first.
        kernel = codes[(*zeros[name].shape[-1:], *zeros[name].shape[:-1])]
        assert max(distinct(channel) for channel in kernel) <= 6, name
        assert max(distinct(channel) for channel in kernel) >= 4, name
        assert np.all(kernel[np.moveaxis(zeros[name], -1, 0)] == 0), name
        extra = ", zeros kept, clusters kept" if sparse else ", clusters kept"
        assert report[name]["done"].endswith("int8" + extra)
    head = codes[zeros["head"].shape[::-1]]
    assert 4 <= distinct(head) <= 6 and np.all(head[zeros["head"].T] == 0)
    assert report["head"]["distinct"] == distinct(head)
    assert report["head"]["sparsity"] == float(np.mean(head == 0))


@pytest.mark.slow
def test_saved_loaded_and_trained_on_equals_the_unbroken_run(quadrants, tmp_path):
    images, labels = quadrants(64, 8)
    model = small("cnn")
    prune_by_hand(model, 0.4)
    model = strip_clustering(cluster_weights(model, 6, preserve_sparsity=True))
    model = quantize_model(model, preserve_sparsity=True, preserve_clusters=True)
    model.compile("adam", LOSS, run_eagerly=True)
    model.fit(images, labels, shuffle=False, verbose=0)
    model.save(tmp_path / "int8.keras")
    loaded = keras.models.load_model(tmp_path / "int8.keras")
    np.testing.assert_array_equal(loaded(images), model(images))
    for one in (model, loaded):
        one.fit(images, labels, shuffle=False, verbose=0)
    for old, new in zip(model.weights, loaded.weights, strict=True):
        np.testing.assert_array_equal(old, new)


def conv(kernel):
    layer = keras.layers.Conv2D(kernel.shape[-1], kernel.shape[:2])
    layer.build((None, 8, 8, kernel.shape[2]))
    layer.kernel.assign(kernel)
    return layer


def test_shapes_of_clusters():
    whole = np.tile(np.array([1.0, 2.0, 0.0], "float32")[:, None], (6, 2)).reshape(3, 3, 2, 2)
    assert clusters_of(conv(whole)) == (2, 3)
    # Of values of its own, each channel keeps as many as the richest.
    apart = np.array([[1, 2], [1, 3], [1, 4], [1, 5], [0, 5], [0, 5]], "float32")
    assert clusters_of(conv(apart.reshape(2, 3, 1, 2))) == (2, 4)
    # Of shared values, the channels keep all of them.
    shared = np.array([[1, 2], [1, 3], [1, 4], [1, 1], [2, 5], [2, 5]], "float32")
    assert clusters_of(conv(shared.reshape(2, 3, 1, 2))) == (5,)
    assert clusters_of(conv(np.arange(18.0).reshape(3, 3, 1, 2))) is None
    depthwise = keras.layers.DepthwiseConv2D(3, depthwise_initializer="ones")
    depthwise.build((None, 8, 8, 2))
    assert clusters_of(depthwise) is None
    dense = keras.layers.Dense(2, kernel_initializer="ones")
    dense.build((None, 3))
    assert clusters_of(dense) is None
    dense.kernel.assign([[1, 2], [1, 2], [0, 0]])
    assert clusters_of(dense) == (3,)


def test_filled_up_centroids_are_never_looked_up():
    owner = keras.layers.Layer()
    values = np.array([[1, 2], [1, 3], [1, 4], [1, 5], [0, 5], [0, 5]], "float32")
    kernel = keras.Variable(values.reshape(2, 3, 1, 2))
    clusters = PreservedClusters(owner, kernel, (2, 4))
    clusters.start(preserve_sparsity=True)
    np.testing.assert_array_equal(clusters.centroids, [[1, 0, 1e6, 1e6], [2, 3, 4, 5]])
    np.testing.assert_array_equal(clusters.centroids_mask, [[1, 0, 1, 1], [1, 1, 1, 1]])
    np.testing.assert_array_equal(clusters.values(kernel.value, True), kernel)
    assert set(np.unique(np.asarray(clusters.pulling_indices)[..., 0])) == {0, 1}


def test_mixed_precision_rounds_the_values_and_not_their_number():
    inner = keras.layers.Dense(2, dtype="mixed_float16")
    layer = QuantizedLayer(inner, "per_tensor", preserve_clusters=(3,), dtype="mixed_float16")
    layer.build((None, 3))
    inner.kernel.assign([[1, 2], [1, 2], [0, 0]])
    layer.kernel_quantizer.keep_clusters()
    outputs = layer(np.ones((1, 3), "float32"), training=True)
    assert outputs.dtype == "float16"
    kernel = np.asarray(layer.kernel_quantizer.clusters.clustered)
    assert kernel.dtype == "float32"
    np.testing.assert_array_equal(kernel, [[1, 2], [1, 2], [0, 0]])


def test_configuration_goes_round():
    layer = QuantizedLayer(keras.layers.Dense(2), "per_tensor", preserve_clusters=(4,))
    config = json.loads(json.dumps(keras.saving.serialize_keras_object(layer)))
    again = keras.saving.deserialize_keras_object(config)
    assert again.get_config() == layer.get_config()


def test_a_model_without_clusters():
    with pytest.raises(ValueError) as caught:
        quantize_model(small("mlp"), preserve_clusters=True)
    assert str(caught.value) == (
        "`preserve_clusters=True` found no clustered kernel in 'mlp'. Expected at least one Conv2D "
        "or Dense kernel whose weights share a few values. Call `cluster_weights`, train, call "
        "`strip_clustering` and quantize what it returns, or leave `preserve_clusters` out."
    )


@pytest.mark.parametrize("name", ["transformer", pytest.param("gated", marks=pytest.mark.slow)])
def test_clusters_stay_inside_composites(name, build):
    model = build(name)
    rng = np.random.default_rng(0)
    x = rng.random((32, *model.input_shape[1:]), dtype="float32")
    y = rng.integers(0, 4, 32)
    clustered = strip_clustering(cluster_weights(model, 5, "DENSITY_BASED"))
    quantized = quantize_model(clustered, preserve_clusters=True)
    composite = quantized.get_layer("attention_0" if name == "transformer" else "block_1")
    kept = [part for part in composite.parts if getattr(part, "preserve_clusters", None)]
    assert len(kept) == (4 if name == "transformer" else 2)
    starts = [np.array(part.kernel_quantizer.clusters.centroids) for part in kept]
    quantized.compile("adam", LOSS, run_eagerly=True)
    quantized.fit(x, y, batch_size=16, epochs=2, verbose=0)
    for part, start in zip(kept, starts, strict=True):
        for kernel in (
            np.asarray(part.kernel_quantizer.fake()),
            np.asarray(part.kernel_quantizer.clusters.clustered),
        ):
            # As outside, each channel of a convolution keeps clusters of its own.
            groups = np.moveaxis(kernel, -1, 0) if start.ndim == 2 else [kernel]
            assert max(map(distinct, groups)) in (4, 5), part.name
        assert np.abs(np.asarray(part.kernel_quantizer.clusters.centroids) - start).max() > 1e-4
    rows = summary(quantized)
    done = [each["done"] for path, each in rows.items() if path.startswith(f"{composite.name}/")]
    assert sum(one.endswith("clusters kept") for one in done) == len(kept)

"""KerasHub's backbones, pruned and quantized inside; importing keras_hub alone takes seconds."""

import keras
import numpy as np
import pytest

import keras_distill as kd

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
LOSS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def resnet():
    import keras_hub

    return keras_hub.models.ResNetBackbone(
        input_conv_filters=[64],
        input_conv_kernel_sizes=[3],
        stackwise_num_filters=[64, 64],
        stackwise_num_blocks=[1, 1],
        stackwise_num_strides=[1, 2],
        block_type="basic_block",
        image_shape=(16, 16, 3),
        name="backbone",
    )


def mobilenet():
    import keras_hub

    return keras_hub.models.MobileNetBackbone(
        stackwise_expansion=[[8], [24, 16]],
        stackwise_num_blocks=[1, 2],
        stackwise_num_filters=[[8], [8, 8]],
        stackwise_kernel_size=[[3], [3, 3]],
        stackwise_num_strides=[[2], [1, 1]],
        stackwise_se_ratio=[[None], [0.25, None]],
        stackwise_activation=[["relu"], ["hard_swish", "relu"]],
        stackwise_padding=[[1], [1, 1]],
        output_num_filters=16,
        depthwise_filters=8,
        depthwise_stride=1,
        depthwise_residual=False,
        last_layer_filter=16,
        squeeze_and_excite=0.5,
        image_shape=(16, 16, 3),
        input_num_filters=8,
        name="backbone",
    )


def bert():
    import keras_hub

    return keras_hub.models.BertBackbone(
        vocabulary_size=50,
        num_layers=1,
        num_heads=2,
        hidden_dim=8,
        intermediate_dim=16,
        max_sequence_length=12,
        dropout=0.0,
    )


def classifier(make):
    image = keras.Input((16, 16, 3), name="image")
    x = keras.layers.Rescaling(1 / 127.5, -1.0, name="rescaling")(image)
    x = keras.layers.GlobalAveragePooling2D(name="pool")(make()(x))
    return keras.Model(image, keras.layers.Dense(4, name="head")(x), name="classifier")


def pictures(count=256):
    """Images whose brightest quarter is their class."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 4, count)
    images = rng.random((count, 16, 16, 3)) * 100
    for image, label in zip(images, labels, strict=True):
        top, left = label // 2 * 8, label % 2 * 8
        image[top : top + 8, left : left + 8] += 150
    return images.astype("float32"), labels


def sentences(count=32):
    rng = np.random.default_rng(0)
    kept = np.arange(8) < rng.integers(3, 9, (count, 1))
    return {
        "token_ids": rng.integers(1, 50, (count, 8)),
        "segment_ids": np.zeros((count, 8), "int32"),
        "padding_mask": kept.astype("int32"),
    }


def same(one, other):
    for left, right in zip(keras.tree.flatten(one), keras.tree.flatten(other), strict=True):
        np.testing.assert_array_equal(left, right)


@pytest.mark.parametrize("make", [resnet, mobilenet])
def test_image_backbones_pruned_to_stripped(make, tmp_path):
    model = classifier(make)
    x, y = pictures(32)
    before = model.predict(x, verbose=0)
    schedule = kd.compression.ConstantSparsity(0.5, 0, frequency=1)
    pruned = kd.compression.prune_low_magnitude(model, schedule)
    same(pruned.predict(x, verbose=0), before)
    pruned.compile("adam", LOSS)
    pruned.fit(x, y, shuffle=False, verbose=0)
    pruned.save(tmp_path / "pruned.keras")
    loaded = keras.models.load_model(tmp_path / "pruned.keras")
    for one in (pruned, loaded):
        one.fit(x, y, shuffle=False, verbose=0)
    same(pruned.get_weights(), loaded.get_weights())
    stripped = kd.compression.strip_pruning(pruned)
    same(stripped.predict(x, verbose=0), pruned.predict(x, verbose=0))
    kinds = {type(layer).__module__.split(".")[0] for layer in stripped._flatten_layers()}
    assert kinds == {"keras", *({"keras_hub"} if make is mobilenet else ())}


@pytest.mark.parametrize(
    "make, floats", [(resnet, set()), (mobilenet, set())], ids=["resnet", "mobilenet"]
)
def test_image_backbones_as_int8_files(make, floats, tmp_path):
    x, y = pictures()
    model = kd.compression.quantize_model(classifier(make))
    facts = kd.compression.summary(model)
    skipped = {path for path, each in facts.items() if each["skipped"]}
    assert skipped == set()
    kernels = [each for each in facts.values() if each["bits"]]
    assert {each["bits"] for each in kernels} == {8}
    model.compile(keras.optimizers.Adam(0.005), LOSS)
    model.fit(x, y, epochs=8, batch_size=32, verbose=0)
    model.save(tmp_path / "int8.keras")
    loaded = keras.models.load_model(tmp_path / "int8.keras")
    same(loaded.predict(x, verbose=0), model.predict(x, verbose=0))
    artefact = kd.export.to_tflite(
        model, tmp_path / "m.tflite", recipe="int8", samples=x, allow_float=bool(floats)
    )
    described = kd.export.describe(artefact)
    assert {operator for operator, _ in described["float_operators"]} == floats
    if not floats:
        assert set(described["dtypes"]) <= {"int8", "int32"}
    assert artefact.parity.agreement >= 0.99


def test_summary_of_a_text_backbone(tmp_path):
    model = bert()
    x = sentences()
    quantized = kd.compression.quantize_model(model)
    quantized(x, training=True)
    facts = kd.compression.summary(quantized)
    inner = "transformer_layer_0"
    done = {path: each["done"] for path, each in facts.items()}
    assert done[inner] == "inside, attention int8, output int8"
    for name in ("query", "key", "value", "attention_output"):
        assert done[f"{inner}/self_attention_layer/{name}"] == "kernel and output int8"
    assert done[f"{inner}/feedforward_output_dense"] == "kernel and output int8"
    reasons = {path: each["skipped"] for path, each in facts.items() if each["skipped"]}
    rule = "the 8-bit scheme has no rule for "
    assert reasons == {
        "token_embedding": f"{rule}ReversibleEmbedding",
        "position_embedding": f"{rule}PositionEmbedding",
        "embeddings_layer_norm": f"{rule}LayerNormalization",
        f"{inner}/self_attention_layer_norm": f"{rule}LayerNormalization",
        f"{inner}/feedforward_layer_norm": f"{rule}LayerNormalization",
        f"{inner}/feedforward_intermediate_dense": f"{rule}the activation gelu_approximate",
    }
    assert "get_item" in facts.operations
    quantized.save(tmp_path / "int8.keras")
    loaded = keras.models.load_model(tmp_path / "int8.keras")
    same(loaded.predict(x, verbose=0), quantized.predict(x, verbose=0))


def test_text_backbone_pruned_to_stripped():
    model = bert()
    x = sentences()
    schedule = kd.compression.ConstantSparsity(0.5, 0, frequency=1)
    pruned = kd.compression.prune_low_magnitude(model, schedule)
    same(pruned.predict(x, verbose=0), model.predict(x, verbose=0))
    pruned(x, training=True)
    stripped = kd.compression.strip_pruning(pruned)
    same(stripped.predict(x, verbose=0), pruned.predict(x, verbose=0))
    encoder = stripped.get_layer("transformer_layer_0")
    assert type(encoder).__name__ == "TransformerEncoder"
    for layer in (encoder._self_attention_layer._query_dense, encoder._feedforward_output_dense):
        assert np.mean(np.asarray(layer.kernel) == 0) == 0.5


@pytest.mark.parametrize("dtype", ["float32", "int32"])
def test_tokens_that_come_as_floats_are_refused(dtype, tmp_path):
    import keras_hub

    tokens = keras.Input((6,), dtype=dtype)
    x = keras_hub.layers.TokenAndPositionEmbedding(20, 6, 4)(tokens)
    x = keras.layers.GlobalAveragePooling1D()(x)
    model = kd.compression.quantize_model(keras.Model(tokens, keras.layers.Dense(3)(x)))
    if dtype == "int32":
        kd.export.to_tflite(model, tmp_path / "x.tflite", "int8", allow_float=True)
        return
    with pytest.raises(ValueError, match="its layer 'token_embedding' looks up whole numbers"):
        kd.export.to_tflite(model, tmp_path / "x.tflite", "int8")


def test_text_backbone_clustered_to_stripped(tmp_path):
    model = bert()
    x = sentences()
    clustered = kd.compression.cluster_weights(model, 8)
    facts = kd.compression.summary(clustered)
    inner = "transformer_layer_0"
    for name in ("self_attention_layer/query", "feedforward_output_dense"):
        assert facts[f"{inner}/{name}"]["done"] == "clustered, 8 centroids"
    clustered(x, training=True)
    clustered.save(tmp_path / "clustered.keras")
    loaded = keras.models.load_model(tmp_path / "clustered.keras")
    same(loaded.predict(x, verbose=0), clustered.predict(x, verbose=0))
    stripped = kd.compression.strip_clustering(clustered)
    same(stripped.predict(x, verbose=0), clustered.predict(x, verbose=0))
    encoder = stripped.get_layer(inner)
    assert type(encoder).__name__ == "TransformerEncoder"
    for layer in (encoder._self_attention_layer._query_dense, encoder._feedforward_output_dense):
        assert len(np.unique(layer.kernel)) == 8


@pytest.mark.parametrize("make", [resnet, mobilenet])
def test_image_backbones_clustered_to_stripped(make):
    model = classifier(make)
    x, y = pictures(16)
    clustered = kd.compression.cluster_weights(model, 8, "DENSITY_BASED")
    clustered.compile("adam", LOSS)
    clustered.fit(x, y, shuffle=False, verbose=0)
    stripped = kd.compression.strip_clustering(clustered)
    same(stripped.predict(x, verbose=0), clustered.predict(x, verbose=0))
    kernels = [
        weight for weight in stripped.weights if weight.name == "kernel" and weight.shape[-2] > 1
    ]
    assert len(kernels) > 5
    assert all(len(np.unique(kernel)) <= 8 for kernel in kernels)

"""A student of 75 % zeros: the download shrinks as the summary announces; latency is measured.

Announced is the fall of `gzip_bytes` from the summary of the dense model to that of the sparse
one. It is held against the files' own gzip, within 5 %: kernels lie in another order there,
and a file holds more than kernels. Apart from both stands what information theory allows:
where the zeros are takes H(z) bits for each value, and what is not zero takes the bits it
takes in the dense file.
"""

import math
import zlib

import keras
import numpy as np
import pytest

from keras_distill import compression, export, footprint
from keras_distill.export.contents.tflite_contents import read

SHARE = 0.75
WITHIN = 0.05


def network():
    image = keras.Input((16, 16, 3), name="image")
    x = keras.layers.Conv2D(32, 3, activation="relu", name="stem")(image)
    x = keras.layers.Conv2D(64, 3, activation="relu", name="middle")(x)
    x = keras.layers.Conv2D(96, 1, activation="relu", name="wide")(x)
    x = keras.layers.GlobalAveragePooling2D(name="pool")(x)
    return keras.Model(image, keras.layers.Dense(40, name="head")(x), name="student")


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(0).random((256, 16, 16, 3)).astype("float32")


@pytest.fixture(scope="module")
def models(images):
    """{recipe: (dense, sparse)}, each model of the same training."""
    keras.utils.set_random_seed(0)
    labels = np.random.default_rng(1).integers(0, 40, len(images))
    dense = network()
    schedule = compression.ConstantSparsity(SHARE, begin_step=0, frequency=1)
    pruned = compression.prune_low_magnitude(
        keras.models.clone_model(dense), pruning_schedule=schedule
    )
    for model in (dense, pruned):
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile("adam", loss)
        model.fit(images, labels, batch_size=64, epochs=2, verbose=0)
    sparse = compression.strip_pruning(pruned)
    quantized = []
    for model in (dense, sparse):
        prepared = compression.quantize_model(model, preserve_sparsity=True)
        compression.calibrate(prepared, images, verbose=False)
        quantized.append(prepared)
    return {"float32": (dense, sparse), "int8": tuple(quantized)}


@pytest.fixture(scope="module")
def artefacts(models, images, tmp_path_factory):
    folder = tmp_path_factory.mktemp("sparse")
    return {
        f"{name}_{recipe}": export.to_tflite(
            model,
            folder / f"{name}_{recipe}.tflite",
            recipe=recipe,
            samples=images[:64],
            # Networks of noise: a tie of two classes says nothing about the file.
            **({} if recipe == "float32" else {"minimum_agreement": 0.5}),
        )
        for recipe, pair in models.items()
        for name, model in zip(("dense", "sparse"), pair, strict=True)
    }


def announced(model):
    return sum(facts["gzip_bytes"] for facts in compression.summary(model).values())


@pytest.mark.parametrize("recipe", ["float32", "int8"])
def test_download_falls_as_announced(recipe, models, artefacts):
    expected = announced(models[recipe][0]) - announced(models[recipe][1])
    packed = [footprint.file_bytes(artefacts[f"{n}_{recipe}"])[1] for n in ("dense", "sparse")]
    fell = packed[0] - packed[1]
    print(f"{recipe}: announced {expected:,} bytes, fell {fell:,} ({fell / packed[0]:.1%})")
    assert fell == pytest.approx(expected, rel=WITHIN)


def information(zeros, bits):
    """Bits that a value takes at least where so many are zero and the others take `bits`."""
    where = -zeros * math.log2(zeros) - (1 - zeros) * math.log2(1 - zeros)
    return where + (1 - zeros) * bits


def zipped_kernels(artefact):
    """Bytes of a file's kernels by zlib, one after another, and how many values they are."""
    tensors = read(artefact.path).tensors
    kernels = [t.data for t in tensors if t.data is not None and t.data.ndim >= 2]
    size = sum(len(zlib.compress(kernel.tobytes(), 9)) for kernel in kernels)
    return size, sum(kernel.size for kernel in kernels)


@pytest.mark.parametrize("recipe", ["float32", "int8"])
def test_no_smaller_than_information_allows_and_not_far_above(recipe, artefacts):
    dense, values = zipped_kernels(artefacts[f"dense_{recipe}"])
    sparse, same = zipped_kernels(artefacts[f"sparse_{recipe}"])
    assert values == same
    least = information(SHARE, 8 * dense / values) * values / 8
    print(f"{recipe}: {8 * dense / values:.2f} bits a value; least {least:,.0f}, is {sparse:,}")
    assert least < sparse < 1.35 * least


def test_the_report_says_plainly_whether_latency_falls(artefacts):
    files = {name: path for name, path in artefacts.items()}
    report = footprint.compare_latency(files, runs=100, loads=0)
    print(report)
    said = report.sentences()
    for recipe, sentence in zip(("float32", "int8"), said, strict=False):
        assert sentence.startswith(f"'sparse_{recipe}': 75")
        assert f"smaller than that of 'dense_{recipe}'; latency " in sentence

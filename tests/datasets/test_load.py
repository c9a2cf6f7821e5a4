import os
import re
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

from keras_distill.datasets import load


def test_embedded_default():
    data = load(batch_size=500)
    assert data.sizes == {"train": 10000, "validation": 2000, "test": 2000}
    assert data.input_shape == (28, 28, 1) and data.name == "fashion_mnist"
    labels = {s: np.concatenate([y for _, y in getattr(data, s)]) for s in ("validation", "test")}
    assert all(np.bincount(v).tolist() == [200] * 10 for v in labels.values())


def test_held_out_examples_do_not_depend_on_the_seed():
    one, two = (load(batch_size=500, seed=s).validation for s in (0, 1))
    np.testing.assert_array_equal(next(iter(one))[0], next(iter(two))[0])


@pytest.fixture
def pictures(tmp_path):
    for label, name in enumerate("ab"):
        (tmp_path / name).mkdir()
        for i in range(18):
            image = tf.constant(np.full((4, 4, 1), 100 * label + i, np.uint8))
            (tmp_path / name / f"{i}.png").write_bytes(tf.io.encode_png(image).numpy())
    return tmp_path


def test_class_folders_are_cut_in_three_without_overlap(pictures):
    data = load(pictures, batch_size=100)
    assert data.sizes == {"train": 26, "validation": 4, "test": 6}
    seen = [x for split in data for images, _ in split for x in images.numpy()[:, 0, 0, 0]]
    assert len(set(seen)) == 36


@pytest.fixture
def reviews(tmp_path):
    lines = [f"{label}\t{label} \u2028{i}" for i in range(18) for label in ("good", "bad")]
    (tmp_path / "reviews.tsv").write_bytes("\n".join(lines).encode())
    return tmp_path / "reviews.tsv"


def texts(dataset):
    return [text.decode() for batch, _ in dataset for text in batch.numpy()]


def test_file_of_texts_is_cut_in_three_without_overlap(reviews):
    data = load(reviews, batch_size=10)
    assert data.name == "reviews.tsv" and data.input_shape == ()
    assert data.class_names == ("bad", "good")
    assert data.sizes == {"train": 26, "validation": 4, "test": 6}
    assert len({text for split in data for text in texts(split)}) == 36
    batch, labels = next(iter(data.train))
    assert batch.dtype == tf.string and batch.shape == (10,) and labels.dtype == tf.int32
    words = [text.decode().split()[0] for text in batch.numpy()]
    assert words == [data.class_names[label] for label in labels]


def test_order_of_texts_is_a_function_of_seed_and_epoch(reviews):
    one, two, other = (load(reviews, batch_size=10, seed=s) for s in (0, 0, 1))
    passes = [texts(one.train) for _ in range(3)]
    assert passes[0] != passes[1] and sorted(passes[0]) == sorted(passes[1])
    two.train.epoch.assign(2)
    assert texts(two.train) == passes[2] and texts(other.train) != passes[0]
    assert texts(other.test) == texts(one.test)
    ids, numbered, _ = next(iter(one.test.numbered))
    assert ids.numpy().tolist() == list(range(6)) and numbered.dtype == tf.string


def test_folder_of_files_of_texts(reviews):
    for split in ("train", "test"):
        (reviews.parent / f"{split}.tsv").write_bytes(reviews.read_bytes())
    data = load(reviews.parent, batch_size=10)
    assert data.sizes == {"train": 30, "validation": 6, "test": 36}


@pytest.mark.parametrize(
    "argument", [{"image_size": (8, 8)}, {"augment": "flip"}], ids=["image_size", "augment"]
)
def test_arguments_of_images_with_texts(reviews, argument):
    ((name, value),) = argument.items()
    with raises(
        f"`{name}` is for images, and 'reviews.tsv' holds texts. Received: {name}={value!r}. Leave "
        "it out."
    ):
        load(reviews, **argument)


def raises(sentence):
    return pytest.raises(ValueError, match="^" + re.escape(sentence) + "$")


def test_batch_size_zero():
    with raises("`batch_size` must be at least 1. Received: batch_size=0."):
        load(batch_size=0)


def test_too_few_examples_for_three_splits(tmp_path):
    (tmp_path / "only").mkdir()
    image = tf.zeros((2, 2, 1), tf.uint8)
    (tmp_path / "only" / "1.png").write_bytes(tf.io.encode_png(image).numpy())
    with raises(
        "Expected at least one example in each split. Received: "
        f"'{tmp_path.name}' with none for validation."
    ):
        load(tmp_path)


KERAS_CV = """
import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import warnings
warnings.simplefilter("ignore")
{first}
import numpy as np, keras, keras_distill as kd
for layer in (
    keras_cv.layers.RandAugment(value_range=(0, 1), augmentations_per_image=2, seed=1),
    keras_cv.layers.AugMix(value_range=(0, 1), seed=1),
):
    train, _, _ = kd.datasets.load({folder!r}, batch_size=8, augment=layer)
    images, labels = next(iter(train))
    assert images.shape == (8, 8, 8, 3) and images.dtype == "float32", images.shape
    assert 0 <= np.min(images) and np.max(images) <= 1
print("fine")
"""
TFMOT = (
    "import keras_distill as kd; "
    "kd.compression.PolynomialDecay(initial_sparsity=0.0, final_sparsity=0.5, begin_step=0, "
    "end_step=2)"
)


@pytest.mark.slow
@pytest.mark.parametrize(
    "first", [f"import keras_cv; {TFMOT}", f"{TFMOT}; import keras_cv"], ids=["before", "after"]
)
def test_keras_cv_augments_imported_before_and_after_tfmot(first, tmp_path):
    pytest.importorskip("keras_cv", reason="KerasCV is in the extra `cv`")
    rng = np.random.default_rng(0)
    for name in "ab":
        (tmp_path / name).mkdir()
        for i in range(8):
            image = tf.constant(rng.integers(0, 256, (8, 8, 3), np.uint8))
            (tmp_path / name / f"{i}.png").write_bytes(tf.io.encode_png(image).numpy())
    done = subprocess.run(
        [sys.executable, "-c", KERAS_CV.format(first=first, folder=str(tmp_path))],
        capture_output=True,
        text=True,
        env={k: v for k, v in os.environ.items() if k != "TF_USE_LEGACY_KERAS"},
    )
    assert done.stdout.strip().endswith("fine"), done.stderr[-2000:]

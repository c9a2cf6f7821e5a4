import pathlib
import re
import subprocess
import sys
import time

import numpy as np
import pytest

from keras_distill.datasets import load


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """TFDS's own builder of Fashion-MNIST, prepared from eight images that are made here."""
    tfds = pytest.importorskip("tensorflow_datasets")
    folder = tmp_path_factory.mktemp("tfds")
    builder = tfds.builder("fashion_mnist", data_dir=folder)
    images = np.random.default_rng(0).integers(0, 256, (20, 28, 28, 1), np.uint8)

    def examples(count):
        for i in range(count):
            yield i, {"image": images[i], "label": i % 10}

    builder._split_generators = lambda dl_manager: {"train": examples(20), "test": examples(10)}
    builder.download_and_prepare()
    return folder, images


def test_prepared_set_is_read_without_the_network(prepared):
    folder, images = prepared
    data = load("fashion_mnist", batch_size=20, data_dir=folder)
    assert data.sizes == {"train": 10, "validation": 10, "test": 10}
    assert data.class_names[0] == "T-shirt/top"
    seen = {x.tobytes() for x in np.concatenate([x for x, _ in data.test])}
    assert seen == {x.tobytes() for x in images[:10].astype("float32") / np.float32(255)}


def test_missing_set_is_an_error_in_seconds(prepared):
    folder, _ = prepared
    began = time.monotonic()
    sentence = (
        "Expected a folder, a .tsv or .csv file, an embedded data set (fashion_mnist, "
        "grammar_reviews) or a TFDS data set prepared in data_dir. Received: name='fashion_mnits', "
        f"which is none of them in '{folder.name}'. Did you mean: fashion_mnist? Prepare it once "
        "where there is a network: "
        "tfds.builder('fashion_mnits', data_dir=...).download_and_prepare()."
    )
    with pytest.raises(ValueError, match="^" + re.escape(sentence) + "$"):
        load("fashion_mnits", data_dir=folder)
    assert time.monotonic() - began < 5


def test_prepared_set_is_brought_to_a_size(prepared):
    folder, _ = prepared
    data = load("fashion_mnist", batch_size=20, data_dir=folder, image_size=(14, 14))
    assert data.input_shape == (14, 14, 1)


def texts(dataset):
    return [text.decode() for batch, _ in dataset for text in batch.numpy()]


def write_texts(folder, name, splits, text="text"):
    """TFDS's own builder of a set of texts, fed with numbered ones instead of a download."""
    tfds = pytest.importorskip("tensorflow_datasets")
    builder = tfds.builder(name, data_dir=folder)
    others = {"idx": 0} if "idx" in builder.info.features else {}

    def examples(split, labels):
        for i, label in enumerate(labels):
            yield i, {text: f'{split} "{i}"\u2028ä', "label": label, **others}

    builder._split_generators = lambda dl_manager: {s: examples(s, y) for s, y in splits.items()}
    builder.download_and_prepare()


def test_texts_with_supervised_keys(tmp_path):
    write_texts(
        tmp_path, "imdb_reviews", {"train": [0, 1] * 12, "test": [0, 1], "unsupervised": [0]}
    )
    data = load("imdb_reviews", batch_size=4, data_dir=tmp_path)
    assert data.sizes == {"train": 20, "validation": 4, "test": 2}
    assert data.class_names == ("neg", "pos") and data.input_shape == ()
    assert sorted(texts(data.test)) == ['test "0"\u2028ä', 'test "1"\u2028ä']


def test_glues_validation_set_is_the_test_set(tmp_path):
    splits = {"train": [0, 1] * 12, "validation": [0, 1, 1], "test": [-1, -1, -1, -1]}
    write_texts(tmp_path, "glue/sst2", splits, text="sentence")
    data = load("glue/sst2", batch_size=4, data_dir=tmp_path)
    assert data.sizes == {"train": 20, "validation": 4, "test": 3}
    assert data.class_names == ("negative", "positive")
    assert all(text.startswith("validation") for text in texts(data.test))
    held_out = [*texts(data.train), *texts(data.validation)]
    assert len(set(held_out)) == 24 and all(text.startswith("train") for text in held_out)


def test_set_of_neither_images_nor_texts(tmp_path):
    tfds = pytest.importorskip("tensorflow_datasets")
    builder = tfds.builder("glue/mrpc", data_dir=tmp_path)
    row = {"sentence1": "a", "sentence2": "b", "label": 0, "idx": 0}
    builder._split_generators = lambda dl_manager: {"train": iter([(0, row)])}
    builder.download_and_prepare()
    sentence = (
        "Expected an image or text classification set: one image or text and one class label. "
        "Received: 'glue/mrpc' with features ['idx', 'label', 'sentence1', 'sentence2']."
    )
    with pytest.raises(ValueError, match="^" + re.escape(sentence) + "$"):
        load("glue/mrpc", data_dir=tmp_path)


REAL = pathlib.Path(__file__).resolve().parents[3] / "shared" / "data"


@pytest.mark.data
@pytest.mark.slow
def test_real_texts_prepared_from_the_data_folder(tmp_path):
    if not (REAL / "prepare_tfds.py").exists():
        pytest.skip("The real data folder does not lie beside the checkout.")
    command = [sys.executable, REAL / "prepare_tfds.py", tmp_path, "glue/sst2", "imdb_reviews"]
    subprocess.run(command, check=True, capture_output=True)
    sst2 = load("glue/sst2", data_dir=tmp_path)
    assert sst2.sizes == {"train": 56124, "validation": 11225, "test": 872}
    imdb = load("imdb_reviews", data_dir=tmp_path)
    assert sum(imdb.sizes.values()) == 50000 and imdb.sizes["test"] == 25000
    # One review with a separator that `splitlines` would cut it at.
    assert any("\x85" in text for text in texts(imdb.train))

import re
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
        "Expected a folder, an embedded data set (fashion_mnist) or a TFDS data set prepared in "
        f"data_dir. Received: name='fashion_mnits', which is none of them in '{folder.name}'. Did "
        "you mean: fashion_mnist? Prepare it once where there is a network: "
        "tfds.builder('fashion_mnits', data_dir=...).download_and_prepare()."
    )
    with pytest.raises(ValueError, match="^" + re.escape(sentence) + "$"):
        load("fashion_mnits", data_dir=folder)
    assert time.monotonic() - began < 5


def test_prepared_set_is_brought_to_a_size(prepared):
    folder, _ = prepared
    data = load("fashion_mnist", batch_size=20, data_dir=folder, image_size=(14, 14))
    assert data.input_shape == (14, 14, 1)

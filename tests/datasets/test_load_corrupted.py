import re
import shutil

import pytest

from keras_distill.datasets import load_corrupted
from keras_distill.datasets.corrupted_names import CORRUPTED


def raises(sentence):
    return pytest.raises(ValueError, match="^" + re.escape(sentence) + "$")


@pytest.mark.parametrize(
    "name, version, cells",
    [
        (
            "cifar10_corrupted",
            "1.0.0",
            [("glass_blur", 1), ("fog", 5), ("elastic_transform", 1), ("saturate", 2)],
        ),
        (
            "mnist_corrupted",
            "1.0.0",
            [("mnist_c/shot_noise", 1), ("mnist_c/stripe", 1), ("mnist_c/canny_edges", 1)],
        ),
        (
            "imagenet2012_corrupted",
            "3.1.0",
            [("gaussian_noise", 1), ("elastic_transform", 5), ("jpeg_compression", 3)],
        ),
    ],
)
def test_what_is_prepared_by_our_names(name, version, cells, prepared_corruptions):
    published = load_corrupted(name, prepared_corruptions[0])
    assert published.name == name and published.version == version
    assert published.source == f"{name} {version} (TFDS)"
    assert set(published.cells) == set(cells) and isinstance(published.cells, list)
    order = list(CORRUPTED[name][1])
    assert published.cells == sorted(cells, key=order.index)


def test_class_names(prepared_corruptions):
    folder = prepared_corruptions[0]
    digits = load_corrupted("mnist_corrupted", folder).class_names
    assert digits == tuple("0123456789")
    names = load_corrupted("imagenet2012_corrupted", folder).class_names
    assert len(names) == 1000 and names[0] == "n01440764"


def test_newest_version_and_nothing_unfinished(prepared_corruptions, tmp_path):
    made = prepared_corruptions[0] / "cifar10_corrupted"
    for configuration, version in (
        ("elastic_1", "1.0.0"),
        ("elastic_1", "10.0.0"),
        ("fog_5", "9.0.0"),
        ("fog_5", "incomplete.AB12_11.0.0"),
        ("no_corruption_1", "12.0.0"),
    ):
        shutil.copytree(
            made / "elastic_1" / "1.0.0", tmp_path / "cifar10_corrupted" / configuration / version
        )
    published = load_corrupted("cifar10_corrupted", tmp_path)
    assert published.version == "10.0.0" and published.cells == [("elastic_transform", 1)]


def test_an_interrupted_preparation_is_none(prepared_corruptions, tmp_path):
    made = prepared_corruptions[0] / "cifar10_corrupted" / "fog_5" / "1.0.0"
    shutil.copytree(made, tmp_path / "cifar10_corrupted" / "fog_5" / "incomplete.AB12_1.0.0")
    with pytest.raises(ValueError, match=f"Received: none of 95 in '{tmp_path.name}'"):
        load_corrupted("cifar10_corrupted", tmp_path)


def test_unknown_name():
    with raises(
        "Expected a corrupted set: cifar10_corrupted, mnist_corrupted, imagenet2012_corrupted. "
        "Received: name='cifar10_c'. Did you mean: cifar10_corrupted?"
    ):
        load_corrupted("cifar10_c")


def test_nothing_is_prepared(tmp_path):
    (tmp_path / "data").mkdir()
    with raises(
        "Expected configurations of cifar10_corrupted prepared by TFDS in data_dir. Received: none "
        "of 95 in 'data'. Prepare each once where there is a network: "
        "tfds.builder('cifar10_corrupted/gaussian_noise_1', data_dir=...).download_and_prepare()."
    ):
        load_corrupted("cifar10_corrupted", tmp_path / "data")


def test_wrong_batch_size(tmp_path):
    with raises("`batch_size` must be at least 1. Received: batch_size=0."):
        load_corrupted("cifar10_corrupted", tmp_path, batch_size=0)

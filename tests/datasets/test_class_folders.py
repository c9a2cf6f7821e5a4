import re

import numpy as np
import pytest
import tensorflow as tf

from keras_distill.datasets.class_folders import read_class_folders


def picture(path, value, size=(4, 4), channels=1):
    path.parent.mkdir(parents=True, exist_ok=True)
    image = tf.fill((*size, channels), tf.constant(value, tf.uint8))
    path.write_bytes(tf.io.encode_png(image).numpy())


def test_classes_are_the_sorted_sub_folders(tmp_path):
    for value, name in enumerate(["wolf", "ant", "bee"]):
        picture(tmp_path / name / "1.png", value)
    parts, names = read_class_folders(tmp_path)
    assert names == ("ant", "bee", "wolf")
    images, labels = parts["all"]
    assert images.shape == (3, 4, 4, 1) and images.dtype == np.uint8
    assert dict(zip(labels.tolist(), images[:, 0, 0, 0].tolist(), strict=True)) == {
        0: 1,
        1: 2,
        2: 0,
    }


def test_given_splits_are_kept_apart(tmp_path):
    for split, value in (("train", 1), ("val", 2), ("test", 3)):
        for name in "ab":
            picture(tmp_path / split / name / "x.png", value)
    parts, _ = read_class_folders(tmp_path)
    assert {s: int(i[0, 0, 0, 0]) for s, (i, _) in parts.items()} == {
        "train": 1, "validation": 2, "test": 3,
    }  # fmt: skip


def test_image_size_and_mixed_colours(tmp_path):
    picture(tmp_path / "a" / "1.png", 200, size=(8, 6))
    picture(tmp_path / "b" / "1.png", 100, size=(4, 4), channels=3)
    images, _ = read_class_folders(tmp_path, image_size=(5, 5))[0]["all"]
    assert images.shape == (2, 5, 5, 3)
    assert np.unique(images[0]).tolist() == [200] and np.unique(images[1]).tolist() == [100]


def raises(sentence):
    return pytest.raises(ValueError, match="^" + re.escape(sentence) + "$")


def test_pictures_of_several_sizes(tmp_path):
    picture(tmp_path / "a" / "1.png", 1)
    picture(tmp_path / "b" / "2.png", 1, size=(4, 5))
    with raises(
        "Expected pictures of one size, or `image_size=(height, width)` to bring them to. "
        "Received: (4, 4) ('1.png') and (4, 5) ('2.png')."
    ):
        read_class_folders(tmp_path)


def test_folder_without_pictures(tmp_path):
    (tmp_path / "a").mkdir()
    with raises(
        "Expected a folder with one sub-folder of pictures (.png, .jpg, .bmp) for each class. "
        f"Received: '{tmp_path.name}', which has 1 sub-folders and no pictures."
    ):
        read_class_folders(tmp_path)


def test_damaged_picture_is_named(tmp_path):
    picture(tmp_path / "a" / "1.png", 1)
    (tmp_path / "a" / "2.png").write_bytes(b"no picture")
    with raises(
        "Expected a picture. Received: 'a/2.png', which cannot be decoded. Replace or remove the "
        "file."
    ):
        read_class_folders(tmp_path)


def test_class_that_training_does_not_know(tmp_path):
    picture(tmp_path / "train" / "a" / "1.png", 1)
    picture(tmp_path / "test" / "z" / "1.png", 1)
    with raises(
        "Expected the classes of 'train' (a) in 'test' too. Received: a folder 'z'. Rename or "
        "remove it."
    ):
        read_class_folders(tmp_path)

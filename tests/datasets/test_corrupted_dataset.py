import dataclasses
import pickle
import re

import numpy as np
import pytest

from keras_distill.datasets import CorruptedDataset, load_corrupted

COUNT = 60


def raises(sentence):
    return pytest.raises(ValueError, match="^" + re.escape(sentence) + "$")


def whole(batches):
    images, labels = zip(*batches, strict=True)
    return np.concatenate(images), np.concatenate(labels)


@pytest.mark.parametrize(
    "corruption, severity, configuration",
    [
        ("elastic_transform", 1, "cifar10_corrupted/elastic_1"),
        ("glass_blur", 1, "cifar10_corrupted/frosted_glass_blur_1"),
        ("fog", 5, "cifar10_corrupted/fog_5"),
        ("mnist_c/shot_noise", 1, "mnist_corrupted/shot_noise"),
        ("mnist_c/stripe", 1, "mnist_corrupted/stripe"),
    ],
)
def test_images_are_the_prepared_ones(corruption, severity, configuration, prepared_corruptions):
    folder, made = prepared_corruptions
    published = load_corrupted(configuration.split("/")[0], folder, batch_size=16)
    batches = list(published.batches(corruption, severity))
    assert [len(labels) for _, labels in batches] == [16, 16, 16, 12]
    images, labels = whole(batches)
    assert images.dtype == np.float32 and labels.dtype == np.int32
    numbers = np.round(images[:, 0, 0, 0] * 255).astype(int)
    assert sorted(numbers) == list(range(COUNT))
    np.testing.assert_array_equal(labels, numbers % 10)
    expected = made[configuration][numbers].astype("float32") / np.float32(255)
    np.testing.assert_array_equal(images, expected)


def test_order_is_one_however_many_shards(prepared_corruptions):
    tfds = pytest.importorskip("tensorflow_datasets")
    published = load_corrupted("cifar10_corrupted", prepared_corruptions[0])
    orders, as_tfds_reads = [], []
    for cell in published.cells:
        images, labels = whole(published.batches(*cell))
        orders.append(np.round(images[:, 0, 0, 0] * 255).tolist())
        np.testing.assert_array_equal(labels, published.labels)
    for configuration in ("elastic_1", "frosted_glass_blur_1"):
        builder = tfds.builder_from_directory(published.folder / configuration / "1.0.0")
        rows = tfds.as_numpy(builder.as_dataset("test"))
        as_tfds_reads.append([int(row["image"][0, 0, 0]) for row in rows])
    assert all(order == orders[0] for order in orders) and len(orders) == 4
    # Read by TFDS's default they are mixed: that is what this test is here for.
    assert as_tfds_reads[0] != as_tfds_reads[1]


def test_images_of_imagenet(prepared_corruptions):
    folder, made = prepared_corruptions
    published = load_corrupted("imagenet2012_corrupted", folder, batch_size=2)
    assert sorted(published.labels) == [0, 7, 999]
    (images, labels), (rest, _) = published.batches("elastic_transform", 5)
    assert images.shape == (2, 224, 224, 3) and rest.shape == (1, 224, 224, 3)
    for image, label in zip(images, labels, strict=True):
        expected = made["imagenet2012_corrupted/elastic_transform_5"][[7, 999, 0].index(label)]
        # JPEG rounds colours.
        np.testing.assert_allclose(image * 255, expected, atol=3)
    small = load_corrupted("imagenet2012_corrupted", folder, image_size=(32, 40))
    assert [x.shape for x, _ in small.batches("gaussian_noise", 1)] == [(3, 32, 40, 3)]


def test_clean_images_where_the_set_has_them(prepared_corruptions):
    folder, made = prepared_corruptions
    published = load_corrupted("mnist_corrupted", folder)
    images, labels = whole(published.clean())
    np.testing.assert_array_equal(labels, published.labels)
    numbers = np.round(images[:, 0, 0, 0] * 255).astype(int)
    np.testing.assert_array_equal(np.round(images * 255), made["mnist_corrupted/identity"][numbers])
    assert load_corrupted("cifar10_corrupted", folder).clean() is None


def test_a_batch_is_read_when_it_is_asked_for(prepared_corruptions):
    published = load_corrupted("cifar10_corrupted", prepared_corruptions[0], batch_size=1)
    batches = published.batches("fog", 5)
    assert iter(batches) is batches
    images, labels = next(batches)
    assert images.shape == (1, 32, 32, 3) and labels.shape == (1,)
    assert len(list(batches)) == COUNT - 1
    # Each call begins anew.
    again, _ = next(published.batches("fog", 5))
    np.testing.assert_array_equal(again, images)


def test_travels_to_another_process(prepared_corruptions):
    published = load_corrupted("cifar10_corrupted", prepared_corruptions[0])
    copy = pickle.loads(pickle.dumps(published))
    assert isinstance(copy, CorruptedDataset) and copy == published
    np.testing.assert_array_equal(copy.labels, published.labels)


def test_selection_in_order(prepared_corruptions):
    published = load_corrupted("mnist_corrupted", prepared_corruptions[0])
    wanted = ["mnist_c/stripe", "mnist_c/shot_noise"]
    chosen = published.select(wanted, [1])
    assert chosen.cells == [("mnist_c/stripe", 1), ("mnist_c/shot_noise", 1)]
    assert (chosen.name, chosen.source) == (published.name, published.source)
    assert published.select([], [1]).cells == []
    (images, labels), *_ = chosen.batches("mnist_c/stripe", 1)
    np.testing.assert_array_equal(labels, published.labels[: len(labels)])


def test_missing_configurations_are_named_as_tfds_does(prepared_corruptions):
    folder = prepared_corruptions[0]
    published = load_corrupted("cifar10_corrupted", folder)
    with raises(
        "Expected 4 configurations of cifar10_corrupted 1.0.0 in "
        f"'{folder.name}'. Received: 2; missing: frosted_glass_blur_2, elastic_2. Prepare each "
        "once where there is a network: tfds.builder('cifar10_corrupted/frosted_glass_blur_2', "
        "data_dir=...).download_and_prepare()."
    ):
        published.select(["glass_blur", "elastic_transform"], [2, 1])
    with raises(
        "Expected 1 configurations of cifar10_corrupted 1.0.0 in "
        f"'{folder.name}'. Received: 0; missing: fog_4. Prepare each once where there is a "
        "network: tfds.builder('cifar10_corrupted/fog_4', data_dir=...).download_and_prepare()."
    ):
        published.batches("fog", 4)


def test_corruption_that_the_set_never_had(prepared_corruptions):
    published = load_corrupted("mnist_corrupted", prepared_corruptions[0])
    has = (
        "It has: mnist_c/shot_noise, mnist_c/impulse_noise, mnist_c/glass_blur, "
        "mnist_c/motion_blur, mnist_c/shear, mnist_c/scale, mnist_c/rotate, mnist_c/brightness, "
        "mnist_c/translate, mnist_c/stripe, mnist_c/fog, mnist_c/spatter, mnist_c/dotted_line, "
        "mnist_c/zigzag, mnist_c/canny_edges; severities 1."
    )
    with raises(
        "Expected corruptions and severities that mnist_corrupted has. Received: shot_noise at "
        f"severity 1, fog at severity 1. {has}"
    ):
        published.select(["shot_noise", "mnist_c/stripe", "fog"], [1])
    with raises(
        "Expected corruptions and severities that mnist_corrupted has. Received: mnist_c/fog at "
        f"severity 2. {has}"
    ):
        published.batches("mnist_c/fog", 2)


def test_other_labels_are_refused_while_reading(unequal_corruptions):
    published = load_corrupted("cifar10_corrupted", unequal_corruptions, batch_size=50)
    assert len(whole(published.batches("gaussian_noise", 1))[1]) == COUNT
    with raises(
        "Expected the 60 examples of cifar10_corrupted/gaussian_noise_1 in the same order in every "
        "configuration. Received: other labels among examples 0 and on in "
        "cifar10_corrupted/snow_1. Prepare both again, from one source."
    ):
        next(published.batches("snow", 1))


def test_fewer_examples_are_refused(unequal_corruptions):
    published = load_corrupted("cifar10_corrupted", unequal_corruptions)
    published = dataclasses.replace(published, cells=[("brightness", 1), ("contrast", 1)])
    assert len(whole(published.batches("brightness", 1))[1]) == COUNT
    with raises(
        "Expected the 60 examples of cifar10_corrupted/brightness_1 in the same order in every "
        "configuration. Received: 40 examples in cifar10_corrupted/contrast_1. Prepare both again, "
        "from one source."
    ):
        list(published.batches("contrast", 1))

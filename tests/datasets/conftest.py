import numpy as np
import pytest

COUNT = 60


def prepare(folder, configuration, images, labels, split="test", shards=None):
    """TFDS's own builder of a configuration, fed with arrays instead of a download."""
    import tensorflow_datasets as tfds

    builder = tfds.builder(configuration, data_dir=folder)
    with_name = "file_name" in builder.info.features

    def examples():
        for i, (image, label) in enumerate(zip(images, labels, strict=True)):
            name = {"file_name": f"{i}.JPEG"} if with_name else {}
            yield i, {"image": image, "label": int(label), **name}

    builder._split_generators = lambda dl_manager: {split: examples()}
    builder.download_and_prepare(
        download_config=tfds.download.DownloadConfig(num_shards=shards) if shards else None
    )


def numbered(seed, shape):
    """Random images whose first value is their number."""
    images = np.random.default_rng(seed).integers(0, 256, (COUNT, *shape), np.uint8)
    images[:, 0, 0, 0] = np.arange(COUNT)
    return images


@pytest.fixture(scope="session")
def prepared_corruptions(tmp_path_factory):
    """A data_dir with a few configurations of each set, and {configuration: images}."""
    pytest.importorskip("tensorflow_datasets")
    folder = tmp_path_factory.mktemp("corrupted")
    labels = np.arange(COUNT) % 10
    images = {}
    for seed, (name, shards) in enumerate(
        [("elastic_1", None), ("frosted_glass_blur_1", 3), ("fog_5", None), ("saturate_2", 2)]
    ):
        name = f"cifar10_corrupted/{name}"
        images[name] = numbered(seed, (32, 32, 3))
        prepare(folder, name, images[name], labels, shards=shards)
    for seed, name in enumerate(["identity", "shot_noise", "stripe", "canny_edges"]):
        name = f"mnist_corrupted/{name}"
        images[name] = numbered(seed, (28, 28, 1))
        prepare(folder, name, images[name], labels)
    for seed, name in enumerate(["gaussian_noise_1", "elastic_transform_5", "jpeg_compression_3"]):
        name = f"imagenet2012_corrupted/{name}"
        # Of one colour each, which JPEG keeps.
        colours = np.random.default_rng(seed).integers(0, 256, (3, 1, 1, 3), np.uint8)
        images[name] = np.broadcast_to(colours, (3, 224, 224, 3))
        prepare(folder, name, images[name], [7, 999, 0], split="validation")
    return folder, images


@pytest.fixture(scope="session")
def unequal_corruptions(tmp_path_factory):
    """A data_dir whose configurations do not hold the same examples."""
    pytest.importorskip("tensorflow_datasets")
    folder = tmp_path_factory.mktemp("unequal")
    labels = np.arange(COUNT) % 10
    images = numbered(0, (32, 32, 3))
    prepare(folder, "cifar10_corrupted/gaussian_noise_1", images, labels)
    prepare(folder, "cifar10_corrupted/snow_1", images, (labels + 1) % 10)
    # All of one class: only their number differs.
    prepare(folder, "cifar10_corrupted/brightness_1", images, 0 * labels)
    prepare(folder, "cifar10_corrupted/contrast_1", images[:40], 0 * labels[:40])
    return folder

import pytest

from keras_distill.corruptions.names import IMAGENET_C, MNIST_C, SUITES
from keras_distill.datasets.corrupted_names import CORRUPTED, IDENTITY


@pytest.mark.parametrize("name", CORRUPTED)
def test_configurations_are_the_official_builders(name):
    tfds = pytest.importorskip("tensorflow_datasets")
    official = set(tfds.builder_cls(name).builder_configs) - {IDENTITY}
    assert sorted(CORRUPTED[name][1].values()) == sorted(official)
    assert len(official) == (15 if name == "mnist_corrupted" else 95)


@pytest.mark.parametrize("name", CORRUPTED)
def test_cells_are_what_the_official_configuration_says(name):
    tfds = pytest.importorskip("tensorflow_datasets")
    same = {"frosted_glass_blur": "glass_blur", "elastic": "elastic_transform"}
    for (ours, severity), configuration in CORRUPTED[name][1].items():
        config = tfds.builder_cls(name).builder_configs[configuration]
        if name == "mnist_corrupted":
            assert (ours, severity) == (f"mnist_c/{config.corruption}", 1)
        else:
            theirs = getattr(config, "corruption", None) or config.corruption_type
            assert (ours, severity) == (same.get(theirs, theirs), config.severity)


def test_suites_are_covered():
    for name in ("cifar10_corrupted", "imagenet2012_corrupted"):
        wanted = IMAGENET_C + SUITES["imagenet_c_extra"]
        assert set(CORRUPTED[name][1]) == {(n, s) for n in wanted for s in (1, 2, 3, 4, 5)}
    assert set(CORRUPTED["mnist_corrupted"][1]) == {(f"mnist_c/{n}", 1) for n in MNIST_C}

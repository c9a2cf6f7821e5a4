"""The networks of the export matrix: named, fed, covering the families, and each of them alive."""

import collections
import functools
import importlib
import pathlib
import pickle
import struct
import sys

import keras
import numpy as np
import pytest

BENCHMARKS = pathlib.Path(__file__).resolve().parents[2] / "benchmarks"


def part(name):
    """A module of benchmarks/architectures; benchmarks are scripts, not a package."""
    if str(BENCHMARKS) not in sys.path:
        sys.path.insert(0, str(BENCHMARKS))
    return importlib.import_module(name)


ARCHITECTURES = part("architectures").ARCHITECTURES
legacy = part("architectures.legacy_torch_file")
# Real examples need the data folder, photographs or a wheel; only made-up ones are always there.
MADE_UP = [name for name, one in ARCHITECTURES.items() if one.fed != "real"]


def arrays(samples):
    return samples if isinstance(samples, dict) else {"": samples}


def test_at_least_fifty_with_names_of_their_own():
    every = part("architectures")._EVERY
    assert len(every) == len(ARCHITECTURES) >= 50, "two architectures share a name"
    assert all(name == one.name for name, one in ARCHITECTURES.items())
    assert {one.family for one in every} == {"cnn", "transformer", "text", "recurrent", "graph"}


def test_every_family_of_applications_is_covered():
    covered = part("architectures.applications").COVERED
    offered = collections.defaultdict(set)
    for name in dir(keras.applications):
        made = getattr(keras.applications, name)
        if name[0].isupper() and callable(made):
            # A family is a module of Keras, but VGG16 and VGG19, which are one.
            offered[made.__module__.replace("vgg19", "vgg16")].add(name)
    assert len(offered) > 10
    missing = [sorted(names) for names in offered.values() if not names & covered]
    assert not missing, f"families without a row: {missing}"


def test_an_unknown_family_is_refused():
    with pytest.raises(ValueError, match="x: family is one of .*, got 'bird'"):
        part("architectures.architecture").Architecture("x", "bird", None, None)


@pytest.mark.parametrize("name", MADE_UP)
def test_examples_repeat_and_differ(name):
    samples = ARCHITECTURES[name].samples
    first, again, other = (arrays(samples(4, seed)) for seed in (1, 1, 2))
    assert list(first) == list(again) == list(other)
    assert all(len(x) == 4 and x.dtype in ("float32", "int32") for x in first.values())
    assert all(np.array_equal(first[key], again[key]) for key in first)
    assert any(not np.array_equal(first[key], other[key]) for key in first)
    for x in first.values():
        assert np.isfinite(x).all()
    assert any(np.ptp(x) > 0 and not np.array_equal(x[0], x[1]) for x in first.values())


def test_photographs_are_on_one_side_only():
    photographs = part("architectures.photographs")
    calibration, comparison = photographs.side(1), photographs.side(2)
    assert not set(calibration) & set(comparison)
    assert set(calibration) | set(comparison) == set(photographs.files())


def test_statistics_are_settled_and_momentum_is_given_back():
    model = keras.Sequential([keras.Input((3,)), keras.layers.BatchNormalization(momentum=0.9)])
    settled = part("architectures.settled").settled
    settled(model, lambda n, seed: np.arange(3 * n, dtype="float32").reshape(n, 3), examples=4)
    layer = model.layers[0]
    np.testing.assert_allclose(layer.moving_mean, [4.5, 5.5, 6.5], rtol=1e-6)
    np.testing.assert_allclose(layer.moving_variance, [11.25] * 3, rtol=1e-6)
    assert layer.momentum == 0.9


def test_kernels_are_drawn_as_he_draws_them():
    inputs = keras.Input((8, 8, 64))
    wide = keras.layers.Conv2D(128, 3, use_bias=False)
    depthwise = keras.layers.DepthwiseConv2D(5, use_bias=False)
    model = keras.Model(inputs, depthwise(wide(inputs)))
    drawn = [part("architectures.he_kernels").he_kernels(model).get_weights() for _ in range(2)]
    for one, other, summed in zip(*drawn, (9 * 64, 25), strict=True):
        np.testing.assert_array_equal(one, other)
        np.testing.assert_allclose(one.std(), (2 / summed) ** 0.5, rtol=0.03)


# A legacy file made by hand: the names that PyTorch would write, without PyTorch.


class Stands:
    """Pickled as the name it stands for."""

    def __init__(self, module, name):
        self.__module__, self.__qualname__, self.__name__ = module, name, name


class HandPickler(pickle._Pickler):
    def persistent_id(self, thing):
        return thing if isinstance(thing, tuple) and thing[:1] == ("storage",) else None

    def save(self, thing, save_persistent_id=True):
        if isinstance(thing, Stands):
            self.write(b"c" + f"{thing.__module__}\n{thing.__name__}\n".encode())
            return
        if isinstance(thing, Called):
            self.save(thing.what)
            self.save(thing.arguments)
            self.write(pickle.REDUCE)
            return
        super().save(thing, save_persistent_id)


Called = collections.namedtuple("Called", "what arguments")
FLOATS = Stands("torch", "FloatStorage")
REBUILD = Stands("torch._utils", "_rebuild_tensor_v2")


def tensor(key, numbers, offset, shape, strides, rebuild=REBUILD):
    storage = ("storage", FLOATS, key, "cpu", numbers, None)
    return Called(rebuild, (storage, offset, shape, strides, False, None))


def written(path, tensors, storages, magic=legacy.MAGIC):
    with open(path, "wb") as file:
        for thing in (magic, legacy.PROTOCOL, {"little_endian": True}):
            pickle.dump(thing, file, protocol=2)
        HandPickler(file, protocol=2).dump(tensors)
        pickle.dump(list(storages), file, protocol=2)
        for values in storages.values():
            file.write(struct.pack("<q", len(values)))
            file.write(np.asarray(values, "<f4").tobytes())
    return path


def test_a_file_is_read(tmp_path):
    tensors = {
        "rows": tensor("a", 6, 0, (2, 3), (3, 1)),
        "columns": tensor("a", 6, 0, (3, 2), (1, 3)),
        "part": tensor("a", 6, 4, (2,), (1,)),
        "one": tensor("b", 1, 0, (), ()),
    }
    path = written(tmp_path / "x.pth", tensors, {"a": range(6), "b": [7]})
    found = legacy.read(path)
    assert list(found) == list(tensors)
    np.testing.assert_array_equal(found["rows"], [[0, 1, 2], [3, 4, 5]])
    np.testing.assert_array_equal(found["columns"], [[0, 3], [1, 4], [2, 5]])
    np.testing.assert_array_equal(found["part"], [4, 5])
    assert found["one"] == 7 and found["one"].shape == ()


@pytest.mark.parametrize(
    "module, name", [("os", "system"), ("builtins", "eval"), ("torch", "load")]
)
def test_a_foreign_name_is_refused(tmp_path, module, name):
    called = {"x": Called(Stands(module, name), ("echo",))}
    path = written(tmp_path / "x.pth", called, {})
    with pytest.raises(ValueError, match=rf"The file names {module}\.{name}; .* Nothing of it"):
        legacy.read(path)


def test_names_outside_the_tensors_are_refused(tmp_path):
    path = written(tmp_path / "x.pth", {}, {}, magic=collections.OrderedDict())
    with pytest.raises(ValueError, match="is no legacy PyTorch file"):
        legacy.read(path)


def test_other_files_are_refused(tmp_path):
    path = tmp_path / "x.pth"
    path.write_bytes(b"PK\x03\x04 a newer file is a zip")
    with pytest.raises(ValueError, match="is no legacy PyTorch file"):
        legacy.read(path)


@pytest.mark.parametrize(
    "made", [tensor("a", 6, 4, (3,), (1,)), tensor("a", 6, 5, (2,), (-1,))], ids=["end", "back"]
)
def test_a_tensor_outside_its_storage_is_refused(tmp_path, made):
    path = written(tmp_path / "x.pth", {"w": made}, {"a": range(6)})
    with pytest.raises(ValueError, match="w reaches outside its storage of 6 numbers"):
        legacy.read(path)


def test_a_cut_or_longer_file_is_refused(tmp_path):
    path = written(tmp_path / "x.pth", {"w": tensor("a", 6, 0, (6,), (1,))}, {"a": range(6)})
    whole = path.read_bytes()
    path.write_bytes(whole[:-4])
    with pytest.raises(ValueError, match="storage a should hold 6 numbers"):
        legacy.read(path)
    path.write_bytes(whole + b"x")
    with pytest.raises(ValueError, match="goes on after its last storage"):
        legacy.read(path)


@functools.cache
def lite0_without_weights():
    return part("architectures.efficientnet_lite0").network()


def test_every_weight_of_lite0_is_used_once():
    loaded = part("architectures.efficientnet_lite0").loaded
    stored = {}
    for layer in lite0_without_weights().layers:
        name, weights = layer.name.replace("-", "."), layer.get_weights()
        if isinstance(layer, keras.layers.BatchNormalization):
            parts = ("weight", "bias", "running_mean", "running_var")
            stored |= {f"{name}.{p}": w for p, w in zip(parts, weights, strict=True)}
        elif weights:
            order = {4: (3, 2, 0, 1), 2: (1, 0)}[weights[0].ndim]
            if isinstance(layer, keras.layers.DepthwiseConv2D):
                order = (2, 3, 0, 1)
            stored[f"{name}.weight"] = weights[0].transpose(order)
            stored |= {f"{name}.bias": w for w in weights[1:]}
    loaded(lite0_without_weights(), stored)
    with pytest.raises(ValueError, match="Weights left over: extra"):
        loaded(lite0_without_weights(), stored | {"extra": np.zeros(1)})
    stored.pop("_fc.bias")
    with pytest.raises(KeyError, match="_fc.bias"):
        loaded(lite0_without_weights(), stored)


# KerasHub's Swin and T5 pass a mask to attention of their own that knows none.
@pytest.mark.filterwarnings(r"ignore:Layer '\w+' \(of type \w+\) was passed an input with a mask")
@pytest.mark.filterwarnings(r"ignore:Layer '\w+' looks like it has unbuilt state:UserWarning")
@pytest.mark.slow
@pytest.mark.parametrize("name", ARCHITECTURES)
def test_each_one_builds_and_its_outputs_vary(name):
    one = ARCHITECTURES[name]
    keras.utils.set_random_seed(0)
    try:
        model = one.build()
        samples = one.samples(20, 2)
    except (FileNotFoundError, SystemExit) as absent:
        pytest.skip(str(absent))
    outputs = model.predict(samples, verbose=0)
    outputs = outputs if isinstance(outputs, (list, dict)) else [outputs]
    outputs = outputs.values() if isinstance(outputs, dict) else outputs
    for values in outputs:
        assert len(values) == 20 and np.isfinite(values).all()
        assert values.std(0).mean() > 0.01 * np.abs(values).mean()
